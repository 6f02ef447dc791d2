import { Button, VisuallyHidden } from '@mantine/core';
import { screen } from '../../state/screen';
import { useStudio } from '../../state/store';
import region from '../parts/frames/ActRegion.module.css';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { useOfferedSet } from '../parts/quality/useOfferedSet';
import { useSlim } from '../parts/quality/useSlim';
import { SlimAct } from './SlimAct';
import { SlimFigures } from './SlimFigures';
import { SlimForm } from './SlimForm';
import { announcementOf, toldOf } from './words';

/** Channels that go for real: what is asked for, and what the smaller model comes to. */
export function SlimRegion() {
  useOfferedSet();
  const isBusy = useSlim(({ status }) => status.kind === 'slimming');
  const announcement = useSlim(announcementOf);
  const hasMade = useSlim(({ made }) => made !== null);
  const lacks = useLack();
  return (
    <section className={region.region} aria-label="Slim" aria-busy={isBusy}>
      {lacks ? (
        <div className={region.line}>
          <Button size="compact-sm" onClick={() => screen.getState().show(lacks.dialog)}>
            {lacks.act}
          </Button>
          <p className={region.told}>{lacks.sentence}</p>
        </div>
      ) : (
        <div className={region.line}>
          <SlimAct />
          <SlimForm />
          <Told />
          {hasMade && <SlimFigures />}
        </div>
      )}
      <VisuallyHidden role="status">{announcement}</VisuallyHidden>
    </section>
  );
}

interface Lack {
  readonly sentence: string;
  readonly act: string;
  readonly dialog: 'graph' | 'pairing';
}

const noGraph: Lack = {
  sentence:
    'Slim removes whole channels, which makes a model smaller and faster where zeros do not. It needs the graph: the .onnx that was exported from this model.',
  act: 'Add the graph to slim…',
  dialog: 'graph',
};
const unconfirmed: Lack = {
  sentence: 'Slim needs to know which tensor of the graph is which of this file.',
  act: 'Confirm pairing to slim…',
  dialog: 'pairing',
};

/** What has to be there first. */
function useLack(): Lack | undefined {
  const isGraph = useStudio(({ checkpoint }) => checkpoint?.can.graph === true);
  const graph = useEvaluation((state) => state.graph !== null);
  const isConfirmed = useEvaluation((state) => state.pairingConfirmed);
  const isLoading = useEvaluation(({ status }) => status.kind === 'loading');
  if (isGraph || isLoading) return undefined;
  if (!graph) return noGraph;
  return isConfirmed ? undefined : unconfirmed;
}

function Told() {
  const text = useSlim(toldOf);
  const isLoss = useSlim(({ status }) => status.kind === 'failed' || status.kind === 'refused');
  return (
    text !== undefined && (
      <p className={region.told} data-loss={isLoss}>
        {text}
      </p>
    )
  );
}

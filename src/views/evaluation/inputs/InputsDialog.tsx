import { Button, SegmentedControl } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useState } from 'react';
import type { InputSource } from '../../../state/evaluation';
import { screen, useScreen } from '../../../state/screen';
import { DialogFrame } from '../../parts/frames/DialogFrame';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { useOpenSample } from '../../parts/samples';
import classes from '../Dialog.module.css';
import { FailureNote } from '../FailureNote';
import { LoadingNote } from '../LoadingNote';
import { ArraysForm } from './ArraysForm';
import { ImagesForm } from './ImagesForm';
import { InputsSummary } from './InputsSummary';
import { RandomForm } from './RandomForm';
import { kinds, type SourceKind } from './sources';
import { TokensForm } from './TokensForm';

/** What the model is run on. */
export function InputsDialog() {
  const opened = useScreen((state) => state.dialog === 'inputs');
  const graph = useEvaluation((state) => state.graph);
  return (
    <DialogFrame
      opened={opened && graph !== null}
      onClose={screen.getState().close}
      title="Inputs to evaluate on"
      width={600}
    >
      {opened && graph && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const source = useEvaluation((state) => state.source);
  const arrays = useEvaluation((state) => state.arrays);
  const isLoading = useEvaluation(({ status }) => status.kind === 'loading');
  const testSet = useOpenSample()?.testSet;
  const [kind, setKind] = useState<SourceKind>(arrays ? 'arrays' : (source?.kind ?? 'random'));
  const [isGiven, setGiven] = useState(false);
  const use = (given: InputSource) => {
    setGiven(true);
    void evaluator().setInputs(given);
  };
  const form = { disabled: isLoading, onUse: use };
  return (
    <div className={classes.body}>
      {testSet !== undefined && (
        <div className={classes.buttons}>
          <p>This sample comes with held-out images and their labels.</p>
          <Button
            leftSection={<IconFlask size={16} stroke={1.7} />}
            disabled={isLoading}
            onClick={() => {
              setGiven(true);
              void evaluator().setSampleInputs(testSet);
            }}
            data-autofocus
          >
            Use the sample’s test set
          </Button>
        </div>
      )}
      <SegmentedControl<SourceKind>
        aria-label="Kind of inputs"
        fullWidth
        value={kind}
        onChange={setKind}
        data={kinds.map((each) => ({ value: each.kind, label: each.label }))}
      />
      <p className={classes.help}>{kinds.find((each) => each.kind === kind)?.help}</p>
      {kind === 'random' && <RandomForm {...form} />}
      {kind === 'arrays' && <ArraysForm {...form} />}
      {kind === 'images' && <ImagesForm {...form} />}
      {kind === 'tokens' && <TokensForm {...form} />}
      <FailureNote />
      <LoadingNote />
      {!isLoading && <InputsSummary />}
      {isGiven && !isLoading && <Done />}
    </div>
  );
}

/** Once inputs were given and read. */
function Done() {
  const isReady = useEvaluation(({ inputs, status }) => inputs !== null && status.kind !== 'failed');
  if (!isReady) return null;
  return (
    <div className={classes.buttons}>
      <Button variant="filled" onClick={screen.getState().close}>
        Done
      </Button>
    </div>
  );
}

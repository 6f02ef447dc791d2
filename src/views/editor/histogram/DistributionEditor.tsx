import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useMemo, useRef } from 'react';
import { at } from '../../../lib/known';
import { formatQuantity } from '../../../lib/numbers';
import type { MeasuredLayer } from '../../../state/reach';
import type { EditScope } from '../../../state/selectionSlice';
import { studio } from '../../../state/store';
import { Distribution } from '../../charts/histogram/distribution';
import type { Values } from '../../charts/histogram/domain';
import { scopeFigures } from '../../parts/scores/scopeFigures';
import type { ShownScores } from '../../parts/scores/shownScores';
import { ThresholdControls } from '../threshold/ThresholdControls';
import { AxisTools, type Counts } from './AxisTools';
import classes from './DistributionCard.module.css';
import { NoHandle } from './NoHandle';
import { Plot } from './Plot';
import { Remarks } from './Remarks';
import { TogetherTools, useTogether } from './Together';
import { useAxisView } from './useAxisView';
import { useLeft } from './useLeft';
import { useShownScores } from './useShownScores';

interface DistributionEditorProps {
  readonly layers: readonly MeasuredLayer[];
  readonly scope: EditScope;
  /** False: what is shown is switched out of pruning. */
  readonly editable: boolean;
  readonly method: ReactNode;
}

/** The histogram with its handle, the choices of how it is drawn, and the fields below. */
export function DistributionEditor({ layers, scope, editable, method }: DistributionEditorProps) {
  const scores = useShownScores(layers);
  const placeable = scores.kind === 'placeable' ? scores : undefined;
  const distribution = useMemo(() => new Distribution(layers, placeable?.tensors), [layers, placeable]);
  const [values, setValues] = useChoice<Values>('secateur-histogram-values', ['signed', 'magnitude', 'log']);
  const [counts, setCounts] = useChoice<Counts>('secateur-histogram-counts', ['linear', 'log']);
  // Where no one threshold tells what goes; what is locked has none to drag, and loses weights all the same.
  const isCounted = editable ? scores.kind === 'fixed' || scores.kind === 'several' : layers.some(isLocked);
  const left = useLeft(layers, isCounted);
  const together = useTogether(layers, scope, placeable);
  const thresholdField = useRef<HTMLInputElement>(null);
  const sides = placeable?.sides ?? 'either';
  const axisValues = sides === 'either' ? values : sides === 'signed' ? 'signed' : 'magnitude';
  const shown = useAxisView(distribution, axisValues, placeable?.title);
  const floor = distribution.floor(placeable?.ranking ?? 'magnitude');
  const handle = () => {
    if (!editable || !placeable) return undefined;
    const { threshold } = scopeFigures(layers, studio.getState().resolution.outcomes, floor, placeable.groups);
    return threshold.kind === 'one' ? threshold.value : threshold.kind === 'none' ? floor : undefined;
  };
  return (
    <>
      <div className={classes.tools}>
        <Title scores={scores} scope={scope} layers={layers} />
        <AxisTools
          values={axisValues}
          setValues={sides === 'either' || !placeable?.title ? setValues : undefined}
          isSigned={sides === 'signed'}
          counts={counts}
          setCounts={setCounts}
        />
      </div>
      <Plot
        title={`Distribution of ${scopeName(scope, layers)}`}
        distribution={distribution}
        left={left}
        shown={shown}
        log={counts === 'log'}
        overlaid={together.overlaid}
        placeable={editable ? placeable : undefined}
        thresholdField={thresholdField}
      />
      {together.choice && (
        <TogetherTools choice={together.choice} choose={together.choose} overlaid={together.overlaid?.each} />
      )}
      <Remarks distribution={distribution} shown={shown} noun={placeable?.words.nounFor} handle={handle} />
      {editable && !placeable && <NoHandle scores={scores} layers={layers} />}
      <ThresholdControls
        layers={layers}
        scores={scores}
        floor={floor}
        disabled={!editable}
        method={method}
        thresholdField={thresholdField}
      />
    </>
  );
}

function isLocked({ locked }: MeasuredLayer): boolean {
  return locked === true;
}

/** Remembered between sessions. */
function useChoice<Choice extends string>(key: string, choices: readonly [Choice, ...Choice[]]) {
  return useLocalStorage<Choice>({
    key,
    defaultValue: choices[0],
    getInitialValueInEffect: false,
    deserialize: (text) => choices.find((choice) => JSON.stringify(choice) === text) ?? choices[0],
  });
}

/** What is shown, where that is not the weights of the layer itself. */
function Title(props: {
  readonly scores: ShownScores;
  readonly scope: EditScope;
  readonly layers: readonly MeasuredLayer[];
}) {
  const { scores, scope, layers } = props;
  if (scores.kind !== 'placeable' || !scores.title) return null;
  const within = scope === 'layer' ? '' : ` in ${scopeText(scope, layers)}`;
  return <h3 className={classes.title}>{scores.title + within}</h3>;
}

function scopeName(scope: EditScope, layers: readonly MeasuredLayer[]): string {
  return scope === 'layer' ? at(layers, 0).name : scopeText(scope, layers);
}

function scopeText(scope: EditScope, layers: readonly MeasuredLayer[]): string {
  return formatQuantity(layers.length, scope === 'model' ? 'layer' : 'selected layer');
}

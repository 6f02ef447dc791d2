import { Button, SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { formatInteger, formatQuantity, formatValue } from '../../../lib/numbers';
import type { MeasuredLayer } from '../../../state/reach';
import type { EditScope } from '../../../state/selectionSlice';
import type { ShownScores } from '../../parts/scores/shownScores';
import { ThresholdControls } from '../threshold/ThresholdControls';
import classes from './DistributionCard.module.css';
import { Distribution } from './distribution';
import type { Values } from './domain';
import { NoHandle } from './NoHandle';
import { Plot } from './Plot';
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
  const [values, setValues] = useChoice<Values>('secateur-histogram-values', ['signed', 'magnitude']);
  const [counts, setCounts] = useChoice<'linear' | 'log'>('secateur-histogram-counts', ['linear', 'log']);
  const [showsAll, setShowsAll] = useState(false);
  const thresholdField = useRef<HTMLInputElement>(null);
  const sides = placeable?.sides ?? 'either';
  const shown = sides === 'either' ? values : sides === 'signed' ? 'signed' : 'magnitude';
  const radius = showsAll ? distribution.radius : distribution.centralRadius;
  return (
    <>
      <div className={classes.tools}>
        <Title scores={scores} scope={scope} layers={layers} />
        {(sides === 'either' || !placeable?.title) && (
          <SegmentedControl<Values>
            size="xs"
            aria-label="Values"
            value={shown}
            onChange={setValues}
            data={[
              { value: 'signed', label: 'w' },
              // A threshold on signed weights has no place on an axis of magnitudes.
              { value: 'magnitude', label: '|w|', disabled: sides === 'signed' },
            ]}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label="Counts"
          value={counts}
          onChange={setCounts}
          data={[
            { value: 'linear', label: 'linear' },
            { value: 'log', label: 'log' },
          ]}
        />
      </div>
      <Plot
        distribution={distribution}
        values={shown}
        log={counts === 'log'}
        radius={radius}
        placeable={editable ? placeable : undefined}
        thresholdField={thresholdField}
      />
      <Remarks
        distribution={distribution}
        noun={placeable?.words.nounFor}
        showsAll={showsAll}
        onShowAll={setShowsAll}
      />
      {editable && !placeable && <NoHandle scores={scores} layers={layers} />}
      <ThresholdControls
        layers={layers}
        scores={scores}
        floor={distribution.floor(placeable?.ranking ?? 'magnitude')}
        disabled={!editable}
        method={method}
        thresholdField={thresholdField}
      />
    </>
  );
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
  const parts = [
    scores.kind === 'placeable' && scores.title,
    scope !== 'layer' && (scores.kind === 'placeable' && scores.title ? 'in' : 'of'),
    scope !== 'layer' && scopeText(scope, layers),
  ].filter((part) => typeof part === 'string');
  return parts.length > 0 && <h3 className={classes.title}>{parts.join(' ')}</h3>;
}

function scopeText(scope: EditScope, layers: readonly MeasuredLayer[]): string {
  return formatQuantity(layers.length, scope === 'model' ? 'layer' : 'selected layer');
}

/** What the histogram does not show. */
function Remarks(props: {
  readonly distribution: Distribution;
  /** What has one score each; absent: weights. */
  readonly noun: ((count: number) => string) | undefined;
  readonly showsAll: boolean;
  readonly onShowAll: (showsAll: boolean) => void;
}) {
  const { nan, inf, radius, centralRadius } = props.distribution;
  const beyond = props.distribution.beyond(centralRadius);
  const noun = props.noun ?? ((count: number) => (count === 1 ? 'weight' : 'weights'));
  const notFinite = [nan > 0 && `${formatInteger(nan)} NaN`, inf > 0 && `${formatInteger(inf)} infinite`].filter(
    Boolean,
  );
  return (
    <div className={classes.remarks}>
      {notFinite.length > 0 && <span>{notFinite.join(' and ')}: never pruned, not drawn</span>}
      {centralRadius < radius && (
        <span>
          {props.showsAll
            ? `All ${noun(2)}, to ±${formatValue(radius)} `
            : `${formatInteger(beyond)} ${noun(beyond)} beyond ±${formatValue(centralRadius)} `}
          <Button size="compact-xs" variant="subtle" onClick={() => props.onShowAll(!props.showsAll)}>
            {props.showsAll ? 'Zoom in' : 'Show all'}
          </Button>
        </span>
      )}
    </div>
  );
}

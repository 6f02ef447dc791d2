import { Button, SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { formatInteger, formatQuantity, formatValue } from '../../../lib/numbers';
import { useStudio } from '../../../state/store';
import type { EditScope } from '../../../state/studio';
import { criterionOf, type MeasuredLayer } from '../editScope';
import { ThresholdControls } from '../threshold/ThresholdControls';
import classes from './DistributionCard.module.css';
import { Distribution } from './distribution';
import type { Values } from './domain';
import { Plot } from './Plot';

interface DistributionEditorProps {
  readonly layers: readonly MeasuredLayer[];
  readonly scope: EditScope;
  /** False: what is shown is switched out of pruning. */
  readonly editable: boolean;
}

/** The histogram with its handle, the choices of how it is drawn, and the fields below. */
export function DistributionEditor({ layers, scope, editable }: DistributionEditorProps) {
  const distribution = useMemo(() => new Distribution(layers), [layers]);
  const criterion = useStudio((state) => criterionOf(layers, state));
  const [values, setValues] = useChoice<Values>('secateur-histogram-values', ['signed', 'magnitude']);
  const [counts, setCounts] = useChoice<'linear' | 'log'>('secateur-histogram-counts', ['linear', 'log']);
  const [showsAll, setShowsAll] = useState(false);
  const thresholdField = useRef<HTMLInputElement>(null);
  // A threshold on signed weights has no place on an axis of magnitudes.
  const shown = criterion === 'signed' ? 'signed' : values;
  const radius = showsAll ? distribution.radius : distribution.centralRadius;
  return (
    <>
      <div className={classes.tools}>
        {scope !== 'layer' && <h3 className={classes.title}>of {scopeText(scope, layers)}</h3>}
        <SegmentedControl<Values>
          size="xs"
          aria-label="Values"
          value={shown}
          onChange={setValues}
          data={[
            { value: 'signed', label: 'w' },
            { value: 'magnitude', label: '|w|', disabled: criterion === 'signed' },
          ]}
        />
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
        criterion={editable ? criterion : undefined}
        thresholdField={thresholdField}
      />
      <Remarks distribution={distribution} showsAll={showsAll} onShowAll={setShowsAll} />
      <ThresholdControls
        layers={layers}
        floor={distribution.floor(criterion)}
        criterion={criterion}
        disabled={!editable}
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

function scopeText(scope: EditScope, layers: readonly MeasuredLayer[]): string {
  return formatQuantity(layers.length, scope === 'model' ? 'layer' : 'selected layer');
}

/** What the histogram does not show. */
function Remarks(props: {
  readonly distribution: Distribution;
  readonly showsAll: boolean;
  readonly onShowAll: (showsAll: boolean) => void;
}) {
  const { nan, inf, radius, centralRadius } = props.distribution;
  const notFinite = [nan > 0 && `${formatInteger(nan)} NaN`, inf > 0 && `${formatInteger(inf)} infinite`].filter(
    Boolean,
  );
  return (
    <div className={classes.remarks}>
      {notFinite.length > 0 && <span>{notFinite.join(' and ')}: never pruned, not drawn</span>}
      {centralRadius < radius && (
        <span>
          {props.showsAll
            ? `All weights, to ±${formatValue(radius)} `
            : `${formatQuantity(props.distribution.beyond(centralRadius), 'weight')} beyond ±${formatValue(centralRadius)} `}
          <Button size="compact-xs" variant="subtle" onClick={() => props.onShowAll(!props.showsAll)}>
            {props.showsAll ? 'Zoom in' : 'Show all'}
          </Button>
        </span>
      )}
    </div>
  );
}

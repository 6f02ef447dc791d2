import type { Evaluation } from '../../../state/evaluation';
import { metrics, metricValue, referenceValue } from '../../../state/metrics';
import { metricText } from '../../parts/quality/metricText';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { useRepair } from '../../parts/quality/useRepair';
import classes from './Repair.module.css';

/** Quality before pruning, as pruned, and repaired, side by side. */
export function ThreeFigures() {
  const figures = useRepair(({ report }) => report?.figures);
  const isFresh = useRepair((state) => state.isFresh);
  const on = useRepair((state) => state.on);
  const metric = useEvaluation((state) => state.metric);
  const baseline = useEvaluation((state) => state.inputs?.baseline);
  if (!figures || !baseline) return null;
  const textOf = (evaluation: Evaluation) => {
    const value = metricValue(evaluation, metric);
    return value === undefined ? '–' : metricText(metric, value);
  };
  const reference = referenceValue(baseline, metric);
  const all = [
    { what: 'before', name: 'Before pruning', text: reference === undefined ? '–' : metricText(metric, reference) },
    { what: 'pruned', name: 'Pruned', text: textOf(figures.pruned) },
    { what: 'repaired', name: 'Repaired', text: textOf(figures.repaired) },
  ];
  const shown = on ? 'repaired' : 'pruned';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className={classes.three}
      role="group"
      aria-label={`${metrics[metric].label} before pruning, pruned and repaired`}
      data-stale={!isFresh}
    >
      {all.map(({ what, name, text }) => (
        <div key={what} className={classes.one} data-of={what} data-shown={isFresh && what === shown}>
          <span>{name}</span> <b>{text}</b>
        </div>
      ))}
    </div>
  );
}

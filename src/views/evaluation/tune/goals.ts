/** What auto-tune starts from, by what is at hand. */

import { formatInteger } from '../../../lib/numbers';
import type { Baseline, MetricId, TuneGoal } from '../../../state/evaluation';
import { leastToSplit, metrics, referenceValue } from '../../../state/metrics';
import { metricText } from '../../parts/quality/metricText';
import { changeText, grainText } from '../figures';

/** What the metric has to stay above, or below. */
export function initialLimit(id: MetricId, baseline: Baseline): number {
  const { limit, limitFrom } = metrics[id];
  const reference = referenceValue(baseline, id);
  return reference === undefined || !limitFrom ? limit : limitFrom(reference);
}

/** `0.7`: where pruning begins to be worth it and a good choice of layers shows. */
export const initialSparsity = 0.7;

/** What a limit means beside the unpruned model's own figure. */
export function limitHelp(id: MetricId, limit: number, reference: number | undefined): string {
  if (reference === undefined || metrics[id].perfect !== undefined) return metrics[id].help;
  const change = changeText(id, limit, reference);
  const unit = metrics[id].fraction ? ' points' : '';
  return `The unpruned model has ${metricText(id, reference)}; this allows ${change}${unit}.`;
}

/** Which way a limit is meant. */
export function boundText(id: MetricId): string {
  return metrics[id].higherIsBetter ? 'at least' : 'at most';
}

/** `the sparsest model with accuracy of at least 98.7 %` */
export function goalText(goal: TuneGoal): string {
  const { name } = metrics[goal.metric];
  return goal.kind === 'sparsest'
    ? `the sparsest model with ${name} of ${boundText(goal.metric)} ${metricText(goal.metric, goal.limit)}`
    : `the best ${name} at ${(goal.sparsity * 100).toFixed(1)} % sparsity`;
}

/** Which inputs are for what. @param judged 0 where there are too few */
export function splitText(searched: number, judged: number): string {
  return judged === 0
    ? `${formatInteger(searched)} inputs are too few to part: searched and judged on the same, which flatters.`
    : `Searched on ${formatInteger(searched)} inputs, judged on ${formatInteger(judged)} others.`;
}

/** Before it starts. */
export function willSplitText(samples: number): string {
  if (samples < leastToSplit) return splitText(samples, 0);
  const half = Math.round(samples / 2);
  const grain = grainText('accuracy', samples - half);
  const few = grain === '' ? '' : ` Few, to judge on${grain} of accuracy.`;
  return `It searches on ${formatInteger(half)} of the inputs, drawn by a seed, and is judged on the other ${formatInteger(samples - half)}.${few}`;
}

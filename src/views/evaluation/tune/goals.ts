/** What auto-tune starts from, by what is at hand. */
import type { Baseline, MetricId, TuneGoal } from '../../../state/evaluation';
import { metrics, referenceValue } from '../../../state/metrics';
import { changeText, metricName, metricText } from '../figures';
import { metricHelp } from '../metricHelp';

/** What decides whether a model is still good, the surest first. */
const preferred: readonly MetricId[] = ['accuracy', 'perplexity', 'top1Agreement', 'relativeL2'];

export function preferredMetric(atHand: readonly MetricId[]): MetricId {
  return preferred.find((id) => atHand.includes(id)) ?? atHand[0] ?? 'relativeL2';
}

/** Limits where the unpruned model's own figure does not count. */
const limits: Readonly<Record<MetricId, number>> = {
  accuracy: 0.99,
  top5: 0.99,
  perplexity: 20,
  top1Agreement: 0.99,
  klDivergence: 0.01,
  cosine: 0.99,
  relativeL2: 0.05,
  maxAbsolute: 0.1,
};

/** Accuracy may fall by this, one point. */
const accuracyLoss = 0.01;
/** Perplexity may rise by this share of itself. */
const perplexityRise = 0.05;

/** What the metric has to stay above, or below. Shares are rounded to a tenth of a percent, as they are shown. */
export function initialLimit(id: MetricId, baseline: Baseline): number {
  const reference = referenceValue(baseline, id);
  if (reference === undefined) return limits[id];
  if (id === 'accuracy' || id === 'top5') return Math.max(0, Math.round((reference - accuracyLoss) * 1000) / 1000);
  if (id === 'perplexity') return Number((reference * (1 + perplexityRise)).toPrecision(4));
  return limits[id];
}

/** `0.7`: where pruning begins to be worth it and a good choice of layers shows. */
export const initialSparsity = 0.7;

/** What a limit means beside the unpruned model's own figure. */
export function limitHelp(id: MetricId, limit: number, reference: number | undefined): string {
  if (reference === undefined || metrics[id].perfect !== undefined) return metricHelp[id];
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
  const name = metricName(goal.metric);
  return goal.kind === 'sparsest'
    ? `the sparsest model with ${name} of ${boundText(goal.metric)} ${metricText(goal.metric, goal.limit)}`
    : `the best ${name} at ${(goal.sparsity * 100).toFixed(1)} % sparsity`;
}

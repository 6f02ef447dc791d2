/** Whether a pruned model stays within a limit, so surely that it holds on inputs that nobody searched. */
import { type MetricId, metrics } from '../metrics/metrics';
import type { Baseline, Evaluation, Parts } from '../protocol';
import { isBetter, metricValue, referenceValue } from '../quality';
import { changeOf } from '../sureness';

/**
 * Standard errors by which the bound is kept on the inputs that judge. On those that are searched the figure itself counts:
 * what has passed there by luck does not pass the others by the same luck.
 */
const margin = 0.25;

export interface Limit {
  readonly metric: MetricId;
  readonly limit: number;
}

/**
 * @param original of all inputs, unpruned
 * @param part of the inputs that the evaluation is of, and their places among all; absent: all of them, which then judge
 */
export function isWithin(
  { metric, limit }: Limit,
  evaluation: Evaluation,
  original: Pick<Baseline, MetricId | 'bySample'>,
  part?: { readonly name: keyof Parts; readonly places: readonly number[] },
): boolean {
  const reference = referenceValue(original, metric);
  const change = changeOf(metric, evaluation, original, part?.places);
  if (!change || reference === undefined) return reaches({ metric, limit }, evaluation);
  const { higherIsBetter } = metrics[metric];
  const allowed = higherIsBetter ? reference - limit : inMeans(metric, limit) - inMeans(metric, reference);
  const loss = higherIsBetter ? -change.mean : change.mean;
  const kept = part?.name === 'search' ? 0 : margin * change.standardError;
  return loss + kept <= allowed + 1e-9;
}

/** Whether the figure itself is as good as the limit. What broken models give never is. */
export function reaches({ metric, limit }: Limit, evaluation: Evaluation): boolean {
  const value = metricValue(evaluation, metric) ?? Number.NaN;
  return !Number.isNaN(value) && !isBetter(metric, limit, value);
}

/** Relative L2 is the root of its samples' mean. */
function inMeans(metric: MetricId, value: number): number {
  return metric === 'relativeL2' ? Math.sign(value) * value ** 2 : value;
}

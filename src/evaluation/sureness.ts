/** How sure the figures of an evaluation are, by metric; significance.ts has the formulas. */
import { at } from '../lib/known';
import { type BySample, type SampledMetric, sampledMetrics } from './metrics/bySample';
import { type MetricId, metrics } from './metrics/metrics';
import { type Change, changeBetween, meanOf, metricPlusMinus, plusMinusOf } from './significance';

/** An evaluation, or what the original comes to. */
interface Measured {
  readonly bySample?: BySample;
}

/** Half of the interval of 95 %, in the metric's own unit; undefined where samples cannot be told apart. */
export function plusMinusFor(metric: MetricId, { bySample }: Measured): number | undefined {
  if (!isSampled(metric)) return undefined;
  const values = bySample?.[metric];
  return values && metricPlusMinus(metric, meanOf(values), plusMinusOf(values));
}

/**
 * Against the unpruned model, sample by sample; undefined where samples cannot be told apart.
 * @param original what it comes to on all inputs; for metrics that compare with it, it is perfect
 * @param places of the evaluation's samples among all inputs; absent: the first ones, as a whole evaluation and one on its way have them
 */
export function changeOf(
  metric: MetricId,
  evaluation: Measured,
  original: Measured,
  places?: readonly number[],
): Change | undefined {
  if (!isSampled(metric)) return undefined;
  const after = evaluation.bySample?.[metric];
  const before = original.bySample?.[metric];
  const { perfect } = metrics[metric] as { readonly perfect?: number };
  if (!after || (!before && perfect === undefined)) return undefined;
  const own = after.map((_, i) => (before ? at(before, places ? at(places, i) : i) : (perfect ?? 0)));
  return changeBetween(own, after);
}

/** One pruned model against another on the same samples. */
export function changeFrom(metric: MetricId, other: Measured, own: Measured): Change | undefined {
  const [before, after] = isSampled(metric) ? [other.bySample?.[metric], own.bySample?.[metric]] : [];
  return before && after && changeBetween(before, after);
}

function isSampled(metric: MetricId): metric is SampledMetric {
  return (sampledMetrics as readonly MetricId[]).includes(metric);
}

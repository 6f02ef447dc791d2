/** How the figures of quality are read off an evaluation, and which of them tell most. */
import { at } from '../lib/known';
import { allMetrics, type Figures, type MetricId, metrics } from './metrics/metrics';
import type { Evaluation } from './protocol';

/** Of several outputs the one that fares worst; undefined where the evaluation does not hold the metric. */
export function metricValue(evaluation: Evaluation, id: MetricId): number | undefined {
  if (evaluation[id] !== undefined) return evaluation[id];
  const { outputs } = evaluation;
  const worst = worstOutput(outputs, id);
  return worst === undefined ? undefined : at(outputs, worst)[id];
}

/** Index of the output that fares worst by a metric; undefined where none holds it. */
export function worstOutput(outputs: readonly Figures[], id: MetricId): number | undefined {
  let worst: number | undefined;
  outputs.forEach((output, i) => {
    const value = output[id];
    const kept = worst === undefined ? undefined : outputs[worst]?.[id];
    if (value !== undefined && (kept === undefined || isBetter(id, kept, value))) worst = i;
  });
  return worst;
}

/** What the unpruned model scores; undefined where nothing tells. */
export function referenceValue(baseline: Figures, id: MetricId): number | undefined {
  return baseline[id] ?? metrics[id].perfect;
}

/** Whether `value` is better than `other`. NaN, what a broken model gives, is worse than any number. */
export function isBetter(id: MetricId, value: number, other: number): boolean {
  if (Number.isNaN(value) || Number.isNaN(other)) return Number.isNaN(other) && !Number.isNaN(value);
  return metrics[id].higherIsBetter ? value > other : value < other;
}

/** Metrics that an evaluation holds, in the order in which they are offered. */
export function metricsOf(evaluation: Evaluation): MetricId[] {
  return allMetrics.map(({ id }) => id).filter((id) => metricValue(evaluation, id) !== undefined);
}

/** What there is of every model: how far its outputs moved. */
export const usualMetric: MetricId = 'relativeL2';

/** What decides whether a model is still good, the surest first. */
export function firstMetric(available: readonly MetricId[]): MetricId {
  return (
    allMetrics.find(({ id, isPreferred }) => isPreferred && available.includes(id))?.id ?? available[0] ?? usualMetric
  );
}

/**
 * A smooth measure of damage that adds up over layers, by the first metric that is one.
 * @param samples whose damage it is, where they can be told apart; absent: all
 */
export function distortionOf(evaluation: Evaluation, samples?: readonly number[]): number {
  for (const { id, distortion } of allMetrics) {
    const value = distortion && metricValue(evaluation, id);
    if (!distortion || value === undefined) continue;
    const each = samples && bySampleOf(evaluation, id);
    if (!each || !samples) return distortion(value);
    return samples.reduce((sum, sample) => sum + at(each, sample), 0) / samples.length;
  }
  return 0;
}

/** Their mean is the metric's distortion. */
function bySampleOf({ bySample }: Evaluation, id: MetricId): Float32Array | undefined {
  return id === 'klDivergence' || id === 'relativeL2' ? bySample?.[id] : undefined;
}

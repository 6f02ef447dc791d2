/** The figures of quality: what each is called, which way is good, and how it is read off an evaluation. */
import type { Baseline, Evaluation, OutputDrift } from './protocol';

/** A number that says how good the pruned model is. `higherIsBetter` in `metrics`. */
export type MetricId =
  | 'accuracy'
  | 'top5'
  | 'perplexity'
  | 'top1Agreement'
  | 'klDivergence'
  | 'cosine'
  | 'relativeL2'
  | 'maxAbsolute';

export interface Metric {
  readonly id: MetricId;
  readonly label: string;
  readonly higherIsBetter: boolean;
  /** Shown in percent. */
  readonly fraction: boolean;
  /** Of the unpruned model against itself, where that is a constant; the baseline's figure otherwise. */
  readonly perfect?: number;
}

/** In the order in which they are offered. */
export const metrics: Readonly<Record<MetricId, Metric>> = {
  accuracy: { id: 'accuracy', label: 'Accuracy', higherIsBetter: true, fraction: true },
  top5: { id: 'top5', label: 'Top-5 accuracy', higherIsBetter: true, fraction: true },
  perplexity: { id: 'perplexity', label: 'Perplexity', higherIsBetter: false, fraction: false },
  top1Agreement: { id: 'top1Agreement', label: 'Top-1 agreement', higherIsBetter: true, fraction: true, perfect: 1 },
  klDivergence: { id: 'klDivergence', label: 'KL divergence', higherIsBetter: false, fraction: false, perfect: 0 },
  cosine: { id: 'cosine', label: 'Cosine similarity', higherIsBetter: true, fraction: false, perfect: 1 },
  relativeL2: { id: 'relativeL2', label: 'Relative L2', higherIsBetter: false, fraction: false, perfect: 0 },
  maxAbsolute: { id: 'maxAbsolute', label: 'Max |Δ|', higherIsBetter: false, fraction: false, perfect: 0 },
};

/** Of several outputs the one that fares worst; undefined where the evaluation does not hold the metric. */
export function metricValue(evaluation: Evaluation, id: MetricId): number | undefined {
  switch (id) {
    case 'accuracy':
      return evaluation.accuracy?.top1;
    case 'top5':
      return evaluation.accuracy?.top5;
    case 'perplexity':
      return evaluation.perplexity;
    case 'top1Agreement':
      return worst(evaluation.outputs, id, ({ scores }) => scores?.top1Agreement);
    case 'klDivergence':
      return worst(evaluation.outputs, id, ({ scores }) => scores?.klDivergence);
    default:
      return worst(evaluation.outputs, id, (output) => output[id]);
  }
}

/** What the unpruned model scores; undefined where nothing tells. */
export function referenceValue(baseline: Baseline, id: MetricId): number | undefined {
  switch (id) {
    case 'accuracy':
      return baseline.accuracy?.top1;
    case 'top5':
      return baseline.accuracy?.top5;
    case 'perplexity':
      return baseline.perplexity;
    default:
      return metrics[id].perfect;
  }
}

/** Whether `value` is better than `other`. NaN, what a broken model gives, is worse than any number. */
export function isBetter(id: MetricId, value: number, other: number): boolean {
  if (Number.isNaN(value) || Number.isNaN(other)) return Number.isNaN(other) && !Number.isNaN(value);
  return metrics[id].higherIsBetter ? value > other : value < other;
}

function worst(
  outputs: readonly OutputDrift[],
  id: MetricId,
  figure: (output: OutputDrift) => number | undefined,
): number | undefined {
  const figures = outputs.map(figure).filter((value) => value !== undefined);
  return figures.length === 0 ? undefined : figures.reduce((kept, value) => (isBetter(id, kept, value) ? value : kept));
}

/** Metrics that an evaluation holds, in the order in which they are offered. */
export function metricsOf(evaluation: Evaluation): MetricId[] {
  return (Object.keys(metrics) as MetricId[]).filter((id) => metricValue(evaluation, id) !== undefined);
}

/** What people look at first, where it is to be had. */
const preferred: readonly MetricId[] = ['accuracy', 'perplexity', 'top1Agreement', 'relativeL2'];

export function firstMetric(available: readonly MetricId[]): MetricId {
  return preferred.find((id) => available.includes(id)) ?? 'relativeL2';
}

/** A smooth measure of damage that adds up over layers: KL divergence, or the square of relative L2. */
export function distortionOf(evaluation: Evaluation): number {
  const divergence = metricValue(evaluation, 'klDivergence');
  return divergence ?? (metricValue(evaluation, 'relativeL2') ?? 0) ** 2;
}

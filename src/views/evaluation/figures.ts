/** How figures of quality read, and how bad a loss of quality is. */
import { formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { InputSource, InputSummary, MetricId } from '../../state/evaluation';
import { metrics } from '../../state/metrics';

/** `97.8 %`, `0.9987`, `0.0512`. A broken model's NaN reads `NaN`. */
export function metricText(id: MetricId, value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  if (metrics[id].fraction) return formatPercent(value);
  return id === 'cosine' ? cosineText(value) : formatValue(value);
}

/** Only the same direction reads 1. */
function cosineText(value: number): string {
  const text = value.toFixed(4);
  return value < 1 && Number(text) === 1 ? '>0.9999' : text;
}

/**
 * Against the unpruned model, with its sign: `−2.2` in percentage points, or in the metric's own unit. Empty where the
 * figure is a distance from the unpruned model itself.
 */
export function changeText(id: MetricId, value: number, reference: number | undefined): string {
  if (reference === undefined || !Number.isFinite(value - reference)) return '';
  if (metrics[id].perfect === 0 || id === 'cosine') return '';
  const change = metrics[id].fraction ? (value - reference) * 100 : value - reference;
  const size = metrics[id].fraction ? Math.abs(change).toFixed(1) : formatValue(Math.abs(change), 2);
  if (Number(size) === 0) return '±0';
  return `${change > 0 ? '+' : '−'}${size}`;
}

/** Within a sentence: `accuracy`, `KL divergence`. */
export function metricName(id: MetricId): string {
  const { label } = metrics[id];
  return id === 'klDivergence' ? label : label.charAt(0).toLowerCase() + label.slice(1);
}

/** `599 inputs`, `random inputs` */
export function inputsText({ samples }: InputSummary, source: InputSource | null): string {
  return source?.kind === 'random' ? 'random inputs' : formatQuantity(samples, 'input');
}

/** A loss of this size is as bad as it gets: a heat map shows it in its strongest colour. */
const ruin: Readonly<Record<MetricId, number>> = {
  accuracy: 0.5,
  top5: 0.5,
  top1Agreement: 0.5,
  cosine: 0.5,
  relativeL2: 1,
  klDivergence: 2,
  // In units of the unpruned model's own.
  perplexity: 9,
  maxAbsolute: 10,
};

/** How bad `value` is, from 0 (as the unpruned model or better) to 1, finely graded near 0 where decisions are made. */
export function lossShare(id: MetricId, value: number, reference: number | undefined): number {
  const from = reference ?? (metrics[id].higherIsBetter ? 1 : 0);
  if (!Number.isFinite(value)) return 1;
  const loss = metrics[id].higherIsBetter ? from - value : value - from;
  const relative = id === 'perplexity' ? loss / from : loss;
  return Math.sqrt(Math.min(1, Math.max(0, relative / ruin[id])));
}

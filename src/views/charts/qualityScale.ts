/** The vertical axis of quality against sparsity. */
import type { MetricId } from '../../state/evaluation';
import { metrics } from '../../state/metrics';
import { roundStep } from './ticks';

export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** Differences below this share of the figure, or below this where it is 0, are not blown up to the height of the chart. */
const leastSpan = 0.02;

/** What the vertical axis has to show, at round numbers. @param reference what the unpruned model scores */
export function qualityDomain(id: MetricId, values: readonly number[], reference: number | undefined): Domain {
  const finite = values.filter(Number.isFinite);
  if (reference !== undefined) finite.push(reference);
  if (finite.length === 0) finite.push(metrics[id].higherIsBetter ? 1 : 0);
  const cap = metrics[id].farthest?.(reference);
  const low = Math.min(...finite);
  const high = Math.max(low, Math.min(Math.max(...finite), cap ?? Number.POSITIVE_INFINITY));
  const span = Math.max(high - low, leastSpan * (Math.abs(high) || 1));
  // The unpruned model's figure is one end; the other has room below or above the farthest point.
  return metrics[id].higherIsBetter ? roundedOut(high - span, high) : roundedOut(low, low + span);
}

/** Out to multiples of a 1, 2 or 5 step. */
function roundedOut(low: number, high: number): Domain {
  const step = roundStep((high - low) / 4);
  return { low: Math.floor(low / step + 1e-9) * step, high: Math.ceil(high / step - 1e-9) * step };
}

/** Where a figure is drawn: at the edge if it is off the chart, among the worst if a broken model has none. */
export function drawnAt(value: number, { low, high }: Domain, higherIsBetter: boolean): number {
  const shown = Number.isNaN(value) ? (higherIsBetter ? low : high) : value;
  return Math.min(high, Math.max(low, shown));
}

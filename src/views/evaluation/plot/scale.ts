/** The axes of quality against sparsity: share of zeros to the right, the metric upwards. */
import type { MetricId } from '../../../state/evaluation';
import { metrics } from '../../../state/metrics';
import { roundStep } from '../../charts/ticks';

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

export interface Frame {
  /** In pixels, of the plot without its axes. */
  readonly width: number;
  readonly height: number;
  readonly domain: Domain;
}

/** Pixels from the left. @param sparsity 0 to 1 */
export function xOf({ width }: Frame, sparsity: number): number {
  return sparsity * width;
}

/** Pixels from the top; at the edge for what is off the chart, NaN where a broken model's figures are. */
export function yOf(frame: Frame, value: number, higherIsBetter: boolean): number {
  const { low, high } = frame.domain;
  const shown = Number.isNaN(value) ? (higherIsBetter ? low : high) : value;
  const share = (shown - low) / (high - low);
  return frame.height * (1 - Math.min(1, Math.max(0, share)));
}

/** A polyline through points in the order given, as an SVG path. */
export function linePath(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** The horizontal axis: weights to pixels and back. */

/** Signed weights, or their magnitudes. */
export type Values = 'signed' | 'magnitude';

export interface Axis {
  /** Weight at the left edge: -high, or 0 where magnitudes are shown. */
  readonly low: number;
  readonly high: number;
  /** In pixels. */
  readonly width: number;
}

export function axisOf(values: Values, radius: number, width: number): Axis {
  return { low: values === 'signed' ? -radius : 0, high: radius, width };
}

/** In pixels from the left edge, also for weights beyond it. */
export function pixelOf(axis: Axis, weight: number): number {
  return ((weight - axis.low) / (axis.high - axis.low)) * axis.width;
}

/** As `pixelOf`, at the edge for weights beyond it: where a handle can still be reached. */
export function reachablePixelOf(axis: Axis, weight: number): number {
  return Math.min(axis.width, Math.max(0, pixelOf(axis, weight)));
}

export function weightAt(axis: Axis, pixel: number): number {
  return axis.low + (pixel / axis.width) * (axis.high - axis.low);
}

/** The edges are part of the axis; anything beyond them is as the edge. */
export function clampToAxis(axis: Axis, weight: number): number {
  return Math.min(axis.high, Math.max(axis.low, weight));
}

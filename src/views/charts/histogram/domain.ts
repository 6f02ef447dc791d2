/** The horizontal axis: weights to pixels and back. */

/** Signed weights, their magnitudes, or the logarithms of these. */
export type Values = 'signed' | 'magnitude' | 'log';

export interface Axis {
  /** Weight at the left edge. Above 0 on a logarithmic axis. */
  readonly low: number;
  readonly high: number;
  /** In pixels. */
  readonly width: number;
  readonly isLog: boolean;
}

/** @param low weight at the left edge */
export function axisOf(values: Values, low: number, high: number, width: number): Axis {
  return { low, high, width, isLog: values === 'log' };
}

/** In pixels from the left edge, also for weights beyond it. On a logarithmic axis zero is far to the left. */
export function pixelOf(axis: Axis, weight: number): number {
  return shareOn(axis, weight) * axis.width;
}

/** As `pixelOf`, at the edge for weights beyond it: where a handle can still be reached. */
export function reachablePixelOf(axis: Axis, weight: number): number {
  return Math.min(axis.width, Math.max(0, pixelOf(axis, weight)));
}

export function weightAt(axis: Axis, pixel: number): number {
  return weightOn(axis, pixel / axis.width);
}

/** The edges are part of the axis; anything beyond them is as the edge. */
export function clampToAxis(axis: Axis, weight: number): number {
  return Math.min(axis.high, Math.max(axis.low, weight));
}

/** From which weight to which, and on which scale. */
export type Stretch = Pick<Axis, 'low' | 'high' | 'isLog'>;

/** Where a weight is: 0 at the low end, 1 at the high one. */
export function shareOn({ low, high, isLog }: Stretch, weight: number): number {
  if (!isLog) return (weight - low) / (high - low);
  return Math.log(Math.max(weight, Number.MIN_VALUE) / low) / Math.log(high / low);
}

export function weightOn({ low, high, isLog }: Stretch, share: number): number {
  // The ends exactly: powers round.
  if (share === 0) return low;
  if (share === 1) return high;
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

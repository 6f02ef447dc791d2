/** Which layer gives up how many weights: the least distortion for a given number, from curves measured layer by layer. */

import { at } from '../../lib/known';

/** What pruning one layer alone does to the model's outputs. */
export interface DistortionCurve {
  /** Of the layer. */
  readonly weights: number;
  /** By ascending sparsity, without the origin: at sparsity 0 there is no distortion. */
  readonly points: readonly { readonly sparsity: number; readonly distortion: number }[];
}

/** A straight line of a curve's lower hull. */
interface Segment {
  readonly layer: number;
  readonly weights: number;
  /** Distortion per weight. */
  readonly slope: number;
}

/** Beyond the last point measured, distortion grows at least this many times as fast as on the segment before. */
const steepening = 4;

/**
 * Distortions of layers are taken to add up. Then the best allocation for a number of weights is Lagrange's: every layer
 * is pruned up to the same slope. On the curves' lower convex hulls that is taking segments in order of their slopes.
 * @param sparsity of all layers together, 0 to 1
 * @returns sparsities, one per curve
 */
export function allocate(curves: readonly DistortionCurve[], sparsity: number): number[] {
  const segments = curves.flatMap(segmentsOf).sort((a, b) => a.slope - b.slope);
  const removed = curves.map(() => 0);
  let left = sparsity * curves.reduce((sum, { weights }) => sum + weights, 0);
  for (const { layer, weights } of segments) {
    if (left <= 0) break;
    const taken = Math.min(weights, left);
    removed[layer] = at(removed, layer) + taken;
    left -= taken;
  }
  return curves.map(({ weights }, layer) => (weights === 0 ? 0 : Math.min(1, at(removed, layer) / weights)));
}

/**
 * The allocation moved to another sparsity: the odds of being kept are multiplied by one number in all layers. Where
 * much is kept (which is where it matters) little changes, and layers that are kept or pruned whole stay so.
 * @param fixed a layer that stays as it is
 */
export function shiftedTo(
  sparsities: readonly number[],
  weights: readonly number[],
  sparsity: number,
  fixed?: number,
): number[] {
  const total = weights.reduce((sum, own) => sum + own, 0);
  const shifted = (factor: number) =>
    sparsities.map((own, i) => (i === fixed ? own : own / (own + (1 - own) * factor || 1)));
  const removed = (factor: number) => shifted(factor).reduce((sum, own, i) => sum + own * at(weights, i), 0);
  // Halving the logarithm of the factor ends far below a weight.
  let [low, high] = [-40, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (removed(Math.exp(middle)) > sparsity * total) low = middle;
    else high = middle;
  }
  return shifted(Math.exp((low + high) / 2));
}

function segmentsOf({ weights, points }: DistortionCurve, layer: number): Segment[] {
  const hull = lowerHull(completed(points));
  return hull.slice(1).map(({ sparsity, distortion }, i) => {
    const before = at(hull, i);
    const share = (sparsity - before.sparsity) * weights;
    return { layer, weights: share, slope: (distortion - before.distortion) / share };
  });
}

interface Point {
  readonly sparsity: number;
  readonly distortion: number;
}

/** From no sparsity to all of it, never falling: a measurement that falls again is luck. */
function completed(points: readonly Point[]): Point[] {
  let last: Point = { sparsity: 0, distortion: 0 };
  let before: Point | undefined;
  const whole = [last];
  for (const { sparsity, distortion } of points) {
    if (sparsity <= last.sparsity) continue;
    const known = Number.isFinite(distortion) ? distortion : Number.MAX_SAFE_INTEGER;
    before = last;
    last = { sparsity, distortion: Math.max(known, before.distortion) };
    whole.push(last);
  }
  if (last.sparsity < 1) {
    const slope = before ? (last.distortion - before.distortion) / (last.sparsity - before.sparsity) : 0;
    const steepest = Math.max(slope, last.distortion / Math.max(last.sparsity, Number.EPSILON));
    whole.push({ sparsity: 1, distortion: last.distortion + steepening * steepest * (1 - last.sparsity) });
  }
  return whole;
}

/** The greatest convex function below the points (Andrew's monotone chain). */
function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length > 1 && turnsUp(at(hull, hull.length - 2), at(hull, hull.length - 1), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Whether the middle point lies on or above the line between the others. */
function turnsUp(a: Point, middle: Point, b: Point): boolean {
  const toMiddle = (middle.distortion - a.distortion) * (b.sparsity - a.sparsity);
  const toEnd = (b.distortion - a.distortion) * (middle.sparsity - a.sparsity);
  return toMiddle >= toEnd;
}

/** Round sparsities that the handle is drawn to while it is dragged. */

/** A threshold that prunes a round share of the weights, and where it is on the axis. */
export interface SnapPoint {
  readonly sparsity: number;
  readonly threshold: number;
  /** In pixels from the left. */
  readonly x: number;
}

/** In the order in which they get a label where there is no room for all. */
export const roundSparsities: readonly number[] = [0.5, 0.9, 0.75, 0.25, 0.1];

/** How near the handle has to come, in pixels. */
const reach = 8;

/** Points close to each other draw less, so that there is always room to stop between them. */
const shareOfGap = 1 / 4;

/**
 * @param points ascending in x
 * @param origin pixel where nothing is pruned
 * @returns the point that draws a handle at `x`, if any does
 */
export function snapPointAt(x: number, points: readonly SnapPoint[], origin: number): SnapPoint | undefined {
  return points.find((point, i) => {
    const before = point.x - (points[i - 1]?.x ?? origin);
    const after = (points[i + 1]?.x ?? Number.POSITIVE_INFINITY) - point.x;
    return Math.abs(x - point.x) <= Math.min(reach, shareOfGap * Math.min(before, after));
  });
}

/** Room a label takes, in pixels. */
const labelWidth = 34;

/** Those of the points whose labels do not touch each other, the most asked for first. */
export function labelledPoints(points: readonly SnapPoint[], axisWidth: number): SnapPoint[] {
  const labelled: SnapPoint[] = [];
  for (const sparsity of roundSparsities) {
    const point = points.find((candidate) => candidate.sparsity === sparsity);
    if (!point || point.x < labelWidth / 2 || point.x > axisWidth - labelWidth / 2) continue;
    if (labelled.every(({ x }) => Math.abs(x - point.x) >= labelWidth)) labelled.push(point);
  }
  return labelled;
}

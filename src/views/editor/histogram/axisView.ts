/** Which part of the axis is shown, and how gestures change it. Places are shares of the whole axis, 0 to 1. */

export interface AxisView {
  readonly start: number;
  readonly end: number;
}

export const wholeAxis: AxisView = { start: 0, end: 1 };

/** As much of the axis is shown at the largest zoom. */
const leastExtent = 1 / 5000;

export function extentOf({ start, end }: AxisView): number {
  return end - start;
}

/** Rounding apart. */
export function isSame(a: AxisView, b: AxisView): boolean {
  return Math.abs(a.start - b.start) + Math.abs(a.end - b.end) < 1e-9;
}

export function isWhole(view: AxisView): boolean {
  return extentOf(view) >= 1;
}

export function isClosest(view: AxisView): boolean {
  return extentOf(view) <= leastExtent * 1.001;
}

/** So many times as close; what is at the place stays where it is, as far as the ends allow. */
export function zoomedAxis(view: AxisView, factor: number, at: number): AxisView {
  const extent = Math.min(1, Math.max(leastExtent, extentOf(view) / factor));
  const share = (at - view.start) / extentOf(view);
  return settled(at - share * extent, extent);
}

/** Moved by a share of what is shown. */
export function pannedAxis(view: AxisView, by: number): AxisView {
  return settled(view.start + by * extentOf(view), extentOf(view));
}

/** Room beside a place that was out of sight, as a share of what is shown. */
const room = 0.2;

/** The same where the place is in sight; else moved until it is. */
export function revealing(view: AxisView, place: number): AxisView {
  const extent = extentOf(view);
  const at = Math.min(1, Math.max(0, place));
  if (at < view.start) return settled(at - room * extent, extent);
  if (at > view.end) return settled(at - (1 - room) * extent, extent);
  return view;
}

function settled(start: number, extent: number): AxisView {
  const from = Math.min(1 - extent, Math.max(0, start));
  return { start: from, end: from + extent };
}

/** Moving and choosing among rows that are shown, by their positions. */

/** Where a key leads from a row, or undefined where it is no key for moving. `page`: rows in view. */
export function destination(key: string, from: number, count: number, page: number): number | undefined {
  const target = targetOf(key, from, count, Math.max(1, page - 1));
  if (target === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, target));
}

function targetOf(key: string, from: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return from - 1;
    case 'ArrowDown':
      return from + 1;
    case 'PageUp':
      return from - page;
    case 'PageDown':
      return from + page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
  }
}

/** Positions from `anchor` to `target`, both included; `target`, which the editor shows, comes last. */
export function rangeTo(anchor: number, target: number): number[] {
  const step = target < anchor ? -1 : 1;
  return Array.from({ length: Math.abs(target - anchor) + 1 }, (_, i) => anchor + i * step);
}

/** Geometry of the rows in their viewport, in pixels. */
export interface Viewport {
  readonly scrollTop: number;
  /** Of the part in which rows show. */
  readonly height: number;
  readonly rowHeight: number;
}

/**
 * Where to scroll for a row to be in view: nowhere if it is, by the least that does for `nearest` (the row beside
 * the one before), to the middle for `center` (a row from elsewhere).
 */
export function scrollTopFor(position: number, viewport: Viewport, how: 'nearest' | 'center'): number {
  const { scrollTop, height, rowHeight } = viewport;
  const top = position * rowHeight;
  const lowest = top + rowHeight - height;
  if (top >= scrollTop && lowest <= scrollTop) return scrollTop;
  if (how === 'center') return Math.max(0, top - (height - rowHeight) / 2);
  return top < scrollTop ? top : lowest;
}

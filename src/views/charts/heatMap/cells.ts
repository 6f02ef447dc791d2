/** Where the cells of a picture are: under which pixel, and which elements they join. */

/** One direction of a picture: elements `[start, end)` in so many cells, spread evenly as the engine does. */
export interface CellAxis {
  readonly start: number;
  readonly end: number;
  readonly cells: number;
}

/** The cell of an element, -1 outside. */
export function cellOf({ start, end, cells }: CellAxis, element: number): number {
  if (element < start || element >= end) return -1;
  return Math.floor(((Math.floor(element) - start) * cells) / (end - start));
}

/** `[first, last]`, the elements of a cell. */
export function elementsOf({ start, end, cells }: CellAxis, cell: number): { first: number; last: number } {
  const from = (index: number) => start + Math.ceil((index * (end - start)) / cells);
  return { first: from(cell), last: from(cell + 1) - 1 };
}

/** Pixels that an element or a kernel takes before it is set apart from the next. */
const leastSpaced = 9;

/**
 * The cell under each pixel, -1 where there is none.
 *
 * @param from elements shown, from the first pixel's edge to the last one's
 * @param period elements that belong together (a kernel): set apart where there is room, as the elements in it are
 */
export function cellsUnder(axis: CellAxis, from: number, to: number, pixels: number, period: number): Int32Array {
  const perElement = pixels / (to - from);
  const isGap = (element: number, every: number, gap: number) => {
    const start = Math.floor(element / every) * every;
    return every * perElement >= leastSpaced && start > from && (element - start) * perElement < gap;
  };
  const kernelGap = perElement >= leastSpaced ? 3 : 1;
  return Int32Array.from({ length: pixels }, (_, pixel) => {
    const element = from + (pixel + 0.5) / perElement;
    if (isGap(element, 1, 1) || (period > 1 && isGap(element, period, kernelGap))) return -1;
    return cellOf(axis, element);
  });
}

/** Where in sorted lists something is. */
import { at } from './known';

/**
 * @param holds true of none or some of the first elements, and false of all after them
 * @returns the index of the last element of which it is true, or -1
 */
export function lastIndexWhere<Element>(sorted: readonly Element[], holds: (element: Element) => boolean): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (holds(at(sorted, middle))) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

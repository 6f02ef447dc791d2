/** Tensors that stand in a file as their values that are not zero and where those are (ONNX's SparseTensorProto). */
import type { ByteRange } from './tensor';

export interface SparseElements {
  /** Of all elements, each as wide as a value: behind the end of the file, where storages of such tensors point. */
  readonly addresses: ByteRange;
  /** Where the values are in the file: one run. */
  readonly segments: readonly [ByteRange];
  /** Of each value, ascending: which element it is. */
  readonly places: Float64Array;
  /** Of an element in bytes. */
  readonly width: number;
}

/** The values among elements `[first, last)`: their bytes in the file, and which of all values the first one is. */
export function valuesBetween(
  { segments: [{ start }], places, width }: SparseElements,
  first: number,
  last: number,
): ByteRange & { readonly value: number } {
  const value = before(places, first);
  const end = before(places, last);
  return { start: start + value * width, end: start + end * width, value };
}

/** How many places come before an element. */
function before(places: Float64Array, element: number): number {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < element) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Puts values where they belong.
 * @param values from the `value`th on
 * @param elements from the `first` on, zeros
 */
export function scatterValues(
  { places, width }: SparseElements,
  values: Uint8Array,
  value: number,
  elements: Uint8Array,
  first: number,
): void {
  for (let at = 0, i = value; at < values.length; at += width, i++) {
    elements.set(values.subarray(at, at + width), (places[i]! - first) * width);
  }
}

/** The inverse: the values of elements, of which the others are left out. @param values as many as are wanted, from the `value`th on */
export function gatherValues(
  { places, width }: SparseElements,
  values: Uint8Array,
  value: number,
  elements: Uint8Array,
  first: number,
): void {
  for (let at = 0, i = value; at < values.length; at += width, i++) {
    const from = (places[i]! - first) * width;
    values.set(elements.subarray(from, from + width), at);
  }
}

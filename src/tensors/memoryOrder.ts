/** The order in which a tensor's elements are stored, and from there to the order of its indices. */

/** The dimensions from the slowest in memory to the fastest: `[0, 1, 2, …]` for a tensor stored row by row. */
export function memoryOrder(shape: readonly number[], strides: readonly number[]): number[] {
  const dimensions = shape.map((_, axis) => axis);
  // The stride of a dimension of size 1 says nothing: it stays where it is among its neighbours.
  const moving = dimensions.filter((axis) => shape[axis]! > 1);
  const sorted = [...moving].sort((a, b) => strides[b]! - strides[a]!);
  let next = 0;
  return dimensions.map((axis) => (shape[axis]! > 1 ? sorted[next++]! : axis));
}

export function isRowByRow(order: readonly number[]): boolean {
  return order.every((axis, at) => axis === at);
}

/** Strides, in elements, of the same elements stored in the same order without gaps. */
export function stridesWithoutGaps(shape: readonly number[], strides: readonly number[]): number[] {
  return stridesIn(memoryOrder(shape, strides), shape);
}

function stridesIn(order: readonly number[], shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * One byte an element, moved from one order of dimensions to another.
 * @param from as `memoryOrder` says it
 */
export function reordered(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  from: readonly number[],
  to: readonly number[],
): Uint8Array<ArrayBuffer> {
  if (from.every((axis, at) => axis === to[at])) return bytes;
  const strides = stridesIn(from, shape);
  const out = new Uint8Array(bytes.length);
  const index = to.map(() => 0);
  let source = 0;
  for (let at = 0; at < out.length; at++) {
    out[at] = bytes[source]!;
    for (let place = to.length - 1; place >= 0; place--) {
      const axis = to[place]!;
      source += strides[axis]!;
      if (++index[place]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      index[place] = 0;
    }
  }
  return out;
}

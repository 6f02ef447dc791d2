/** Tensors whose dimensions another format stores in another order, and elements of such a pair side by side. */

/** Which dimension of the second each of the first is. Of a matrix its transpose; of kernels those orders that formats have. */
const turns: ReadonlyMap<number, readonly (readonly number[])[]> = new Map([
  [2, [[1, 0]]],
  // Out, in, width ↔ width, in, out.
  [3, [[2, 1, 0]]],
  [
    4,
    [
      // Out, in, height, width ↔ height, width, in, out (TensorFlow, Keras).
      [3, 2, 0, 1],
      [2, 3, 1, 0],
      // ↔ out, height, width, in (TensorFlow Lite).
      [0, 3, 1, 2],
      [0, 2, 3, 1],
    ],
  ],
]);

/** Ways to see a tensor of the second shape as one of the first, as it is first of all. */
export function ordersBetween(one: readonly number[], other: readonly number[]): (readonly number[])[] {
  const same = one.map((_, axis) => axis);
  return [same, ...(turns.get(one.length) ?? [])].filter(
    (order) => one.length === other.length && order.every((axis, i) => one[i] === other[axis]),
  );
}

export function isSameOrder(order: readonly number[]): boolean {
  return order.every((axis, i) => axis === i);
}

/** Of the second tensor, along the dimensions of the first. */
export function turnedStrides(strides: readonly number[], order: readonly number[]): number[] {
  return order.map((axis) => strides[axis]!);
}

/**
 * Walks elements of the first in the order in which they are stored, and says where the second has each.
 * @param strides of the first as it is stored, without gaps
 * @param others of the second along the dimensions of the first, as `turnedStrides` gives them
 */
export class TurnedPlaces {
  private readonly sizes: readonly number[];
  private readonly steps: readonly number[];
  private readonly index: number[];
  private place = 0;

  constructor(shape: readonly number[], strides: readonly number[], others: readonly number[]) {
    const inMemory = shape
      .map((size, axis) => ({ size, stride: strides[axis]!, step: others[axis]! }))
      .filter(({ size }) => size > 1)
      .sort((a, b) => a.stride - b.stride);
    this.sizes = inMemory.map(({ size }) => size);
    this.steps = inMemory.map(({ step }) => step);
    this.index = inMemory.map(() => 0);
  }

  /** Fills with the places of the next elements. */
  next(into: Float64Array): void {
    const { sizes, steps, index } = this;
    let place = this.place;
    for (let i = 0; i < into.length; i++) {
      into[i] = place;
      for (let axis = 0; axis < sizes.length; axis++) {
        place += steps[axis]!;
        if (++index[axis]! < sizes[axis]!) break;
        place -= steps[axis]! * sizes[axis]!;
        index[axis] = 0;
      }
    }
    this.place = place;
  }
}

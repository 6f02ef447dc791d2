import { describe, expect, it } from 'vitest';
import { isRowByRow, memoryOrder, reordered, stridesWithoutGaps } from '../../../src/tensors/memoryOrder';

describe('the order of memory', () => {
  it.each([
    { shape: [2, 3], strides: [3, 1], order: [0, 1] },
    { shape: [2, 3], strides: [1, 2], order: [1, 0] },
    // Channels last, and with gaps.
    { shape: [2, 3, 4, 5], strides: [60, 1, 15, 3], order: [0, 2, 3, 1] },
    { shape: [2, 3], strides: [12, 2], order: [0, 1] },
    // The stride of a dimension of size 1 means nothing.
    { shape: [1, 3], strides: [1, 1], order: [0, 1] },
    { shape: [3, 1, 2], strides: [1, 77, 3], order: [2, 1, 0] },
    { shape: [], strides: [], order: [] },
  ])('of $shape by $strides is $order', ({ shape, strides, order }) => {
    expect(memoryOrder(shape, strides)).toEqual(order);
    expect(isRowByRow(order)).toBe(order.every((axis, at) => axis === at));
  });

  it('leaves no gaps where they are not wanted', () => {
    expect(stridesWithoutGaps([2, 3], [12, 2])).toEqual([3, 1]);
    expect(stridesWithoutGaps([2, 3], [2, 8])).toEqual([1, 2]);
  });
});

describe('reordering', () => {
  it('goes from the order of memory to that of indices and back', () => {
    // [[0, 1, 2], [3, 4, 5]] stored column by column.
    const stored = new Uint8Array([0, 3, 1, 4, 2, 5]);
    const byIndex = reordered(stored, [2, 3], [1, 0], [0, 1]);
    expect([...byIndex]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(reordered(byIndex, [2, 3], [0, 1], [1, 0])).toEqual(stored);
  });

  it('agrees with strides in four dimensions', () => {
    const shape = [2, 3, 4, 5];
    const strides = [60, 1, 15, 3];
    const stored = Uint8Array.from({ length: 120 }, (_, i) => i);
    const byIndex = reordered(stored, shape, memoryOrder(shape, strides), [0, 1, 2, 3]);
    let at = 0;
    for (let a = 0; a < 2; a++)
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 4; c++) for (let d = 0; d < 5; d++) expect(byIndex[at++]).toBe(a * 60 + b + c * 15 + d * 3);
  });
});

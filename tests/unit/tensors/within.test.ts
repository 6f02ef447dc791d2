import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/tensors/layout';
import { contiguousStrides, numelOf, type TensorInfo } from '../../../src/tensors/tensor';
import { placeWithin } from '../../../src/tensors/within';

type Placed = Pick<TensorInfo, 'dtype' | 'shape' | 'strides' | 'storageOffset'>;

/** By index, row by row. */
function addresses(shape: readonly number[], strides: readonly number[], offset: number): number[] {
  return shape.reduce<number[]>(
    (found, size, axis) => found.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[axis]!)),
    [offset],
  );
}

const placed = (shape: number[], strides = contiguousStrides(shape), storageOffset = 0): Placed => ({
  dtype: 'F32',
  shape,
  strides,
  storageOffset,
});

describe('placeWithin', () => {
  it.each<[string, Placed, Placed, { offset: number; strides: number[] }]>([
    ['the rest of a vector', placed([4, 6]), placed([20], [1], 4), { offset: 4, strides: [1] }],
    ['a transpose of columns', placed([4, 3], [12, 1], 3), placed([3, 4], [1, 12], 3), { offset: 0, strides: [1, 3] }],
    ['rows of columns', placed([4, 3], [12, 1], 3), placed([2, 3], [12, 1], 15), { offset: 3, strides: [3, 1] }],
    ['an expanded element', placed([4, 3], [12, 1]), placed([5], [0], 13), { offset: 4, strides: [0] }],
  ])('finds %s', (_, owner, view, place) => {
    expect(placeWithin(owner, view)).toEqual(place);
  });

  it('finds nothing that gaps would have to be jumped for', () => {
    expect(placeWithin(placed([3, 8], [10, 1]), placed([3], [5], 5))).toBeUndefined();
  });

  it('points at the same elements, gaps or not', () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), stride: fc.nat(14) });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 3 }), fc.array(axis, { maxLength: 3 }), fc.nat(9), (axes, its, from) => {
        const owner = placed(
          axes.map(({ size }) => size),
          axes.map(({ stride }) => stride),
          2,
        );
        const view = placed(
          its.map(({ size }) => size),
          its.map(({ stride }) => stride),
          2 + from,
        );
        if (layoutOf(owner.shape, owner.strides).kind === 'overlapping') return;
        const all = addresses(owner.shape, owner.strides, owner.storageOffset).sort((a, b) => a - b);
        const wanted = addresses(view.shape, view.strides, view.storageOffset);
        if (!wanted.every((address) => all.includes(address))) return;
        const place = placeWithin(owner, view);
        if (!place) return;
        expect(addresses(view.shape, place.strides, place.offset)).toEqual(wanted.map((at) => all.indexOf(at)));
        expect(numelOf(view.shape)).toBe(wanted.length);
      }),
      { numRuns: 2000 },
    );
  });
});

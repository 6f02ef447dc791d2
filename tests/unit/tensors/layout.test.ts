import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf, RunCursor, spanOf } from '../../../src/tensors/layout';
import { contiguousStrides } from '../../../src/tensors/tensor';

/** Memory indices of all elements, ascending. */
function addresses(shape: readonly number[], strides: readonly number[]): number[] {
  let found = [0];
  shape.forEach((size, axis) => {
    found = found.flatMap((base) => Array.from({ length: size }, (_, i) => base + i * strides[axis]!));
  });
  return found.sort((a, b) => a - b);
}

describe('layoutOf', () => {
  it.each([
    ['contiguous', [2, 3, 4], [12, 4, 1], 'dense'],
    ['transposed', [3, 2], [1, 3], 'dense'],
    ['channels last', [2, 3, 4, 5], [60, 1, 15, 3], 'dense'],
    ['a scalar', [], [], 'dense'],
    ['empty', [0, 3], [3, 1], 'dense'],
    ['sizes of one with odd strides', [1, 4, 1], [999, 1, 0], 'dense'],
    ['every second column', [2, 2], [4, 2], 'strided'],
    ['a slice of rows', [2, 2], [6, 1], 'strided'],
    ['expanded', [3, 4], [0, 1], 'overlapping'],
    ['overlapping windows', [4, 3], [1, 1], 'overlapping'],
  ])('calls %s tensor what it is', (_, shape, strides, kind) => {
    expect(layoutOf(shape, strides).kind).toBe(kind);
  });

  it('never calls a tensor dense or strided that gives two indices one element', () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), stride: fc.integer({ min: 0, max: 13 }) });
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 4 }), (axes) => {
        const shape = axes.map(({ size }) => size);
        const strides = axes.map(({ stride }) => stride);
        const layout = layoutOf(shape, strides);
        const all = addresses(shape, strides);
        if (layout.kind !== 'overlapping') expect(new Set(all).size).toBe(all.length);
        if (layout.kind === 'dense') expect(all).toEqual(all.map((_, i) => i));
        expect(spanOf(shape, strides)).toBe(all.at(-1)! + 1);
      }),
    );
  });
});

describe('RunCursor', () => {
  it('walks the elements of a strided tensor in ascending order, whatever the windows', () => {
    const axis = fc.record({ size: fc.integer({ min: 2, max: 4 }), gap: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(axis, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (axes, window) => {
        const shape = axes.map(({ size }) => size);
        const strides = contiguousStrides(axes.map(({ size, gap }) => size + gap));
        const layout = layoutOf(shape, strides);
        if (layout.kind !== 'strided') return;
        const cursor = new RunCursor(layout.axes);
        const walked: number[] = [];
        const span = spanOf(shape, strides);
        for (let end = window; end < span + window; end += window) {
          cursor.walkTo(Math.min(end, span), (start, length) => {
            for (let i = 0; i < length; i++) walked.push(start + i);
          });
        }
        expect(walked).toEqual(addresses(shape, strides));
      }),
    );
  });
});

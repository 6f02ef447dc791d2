import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSet, byteSetOf, countWithin, type Relation, SetComparison } from '../../../src/tensors/byteSet';
import { bitsOf, type Dtype } from '../../../src/tensors/dtype';
import { numelOf, type TensorInfo } from '../../../src/tensors/tensor';

type Placed = Pick<TensorInfo, 'dtype' | 'shape' | 'strides' | 'storageOffset'>;

/** Every byte of every element. */
function bytesOf({ dtype, shape, strides, storageOffset }: Placed): Set<number> {
  if (numelOf(shape) === 0) return new Set();
  const width = bitsOf(dtype) / 8;
  let elements = [storageOffset];
  shape.forEach((size, axis) => {
    elements = elements.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[axis]!));
  });
  return new Set(elements.flatMap((at) => Array.from({ length: width }, (_, byte) => at * width + byte)));
}

function expectedRelation(a: Set<number>, b: Set<number>): Relation {
  const shared = [...a].filter((byte) => b.has(byte)).length;
  if (shared === 0) return 'apart';
  if (shared === a.size && shared === b.size) return 'same';
  if (shared === a.size) return 'inside';
  return shared === b.size ? 'around' : 'partly';
}

const dtypes = fc.constantFrom<Dtype[]>('F32', 'F32', 'F32', 'F16', 'F64', 'U8');
/** Anything at all, elements on top of each other included. */
const anyhow: fc.Arbitrary<Placed> = fc
  .array(fc.record({ size: fc.integer({ min: 0, max: 5 }), stride: fc.nat(14) }), { maxLength: 4 })
  .chain((axes) =>
    fc.record({
      dtype: dtypes,
      shape: fc.constant(axes.map(({ size }) => size)),
      strides: fc.constant(axes.map(({ stride }) => stride)),
      storageOffset: fc.nat(20),
    }),
  );
/** Slices of one contiguous tensor with steps, as people make them. */
const sliced: fc.Arbitrary<Placed> = fc
  .tuple(fc.constantFrom([24], [4, 6], [6, 4], [2, 3, 4], [8, 12], [5, 7]), dtypes)
  .chain(([shape, dtype]) =>
    fc
      .tuple(...shape.map((size) => fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 3 }), fc.nat(size))))
      .map((slices): Placed => {
        let stride = 1;
        let storageOffset = 0;
        const sizes: number[] = [];
        const strides: number[] = [];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          const [start, step, length] = slices[axis]!;
          sizes.unshift(Math.max(1, Math.ceil(Math.min(length, shape[axis]! - start) / step)));
          strides.unshift(stride * step);
          storageOffset += start * stride;
          stride *= shape[axis]!;
        }
        return { dtype, shape: sizes, strides, storageOffset };
      }),
  );
const placed = fc.oneof(anyhow, sliced, sliced);

const everyStep = () => new SetComparison(Number.POSITIVE_INFINITY);

describe('byteSetOf', () => {
  it('has the bytes of the elements, or says that it has more', () => {
    fc.assert(
      fc.property(placed, (tensor) => {
        const bytes = bytesOf(tensor);
        const set = byteSetOf(tensor);
        expect(set === undefined).toBe(bytes.size === 0);
        if (!set) return;
        expect(set.start).toBe(Math.min(...bytes));
        expect(set.end).toBe(Math.max(...bytes) + 1);
        if (set.isExact) expect(set.size).toBe(bytes.size);
        for (let from = set.start - 1; from <= set.end; from += 3) {
          const within = [...bytes].filter((byte) => byte >= from && byte < from + 7).length;
          if (set.isExact) expect(countWithin(set, from, from + 7)).toBe(within);
          else expect(countWithin(set, from, from + 7)).toBeGreaterThanOrEqual(within);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, number[], number[]]>([
    ['a transposed tensor', [3, 2], [1, 3]],
    ['an expanded one', [3, 4], [0, 1]],
    ['windows that slide over a vector', [4, 3], [1, 1]],
    ['every second column', [4, 3], [6, 2]],
  ])('knows %s exactly', (_, shape, strides) => {
    expect(byteSetOf({ dtype: 'F32', shape, strides, storageOffset: 5 })).toMatchObject({ isExact: true });
  });

  it('is the same for the same elements, whatever the dimensions', () => {
    const every = (shape: number[], strides: number[]) =>
      byteSetOf({ dtype: 'F32', shape, strides, storageOffset: 1 }) as ByteSet;
    expect(every([3, 4], [8, 2])).toEqual(every([12], [2]));
    expect(every([4, 3], [2, 8])).toEqual(every([2, 6], [12, 2]));
  });

  it('leaves halves of bytes alone where they fill none', () => {
    expect(byteSetOf({ dtype: 'F4', shape: [3], strides: [1], storageOffset: 0 })).toMatchObject({
      end: 2,
      isExact: false,
    });
    expect(byteSetOf({ dtype: 'F4', shape: [4], strides: [1], storageOffset: 2 })).toMatchObject({
      start: 1,
      end: 3,
      isExact: true,
    });
  });
});

describe('relationOf', () => {
  it('is that of the sets of bytes', () => {
    fc.assert(
      fc.property(placed, placed, (one, other) => {
        const [a, b] = [byteSetOf(one), byteSetOf(other)];
        if (!a || !b) return;
        const expected = expectedRelation(bytesOf(one), bytesOf(other));
        const found = everyStep().relationOf(a, b);
        if (a.isExact && b.isExact) expect(found).toBe(expected);
        // Never apart, inside or around where it is not.
        else if (found === 'apart') expect(expected).toBe('apart');
        else if (found === 'inside') expect(['inside', 'same']).toContain(expected);
        else if (found === 'around') expect(['around', 'same']).toContain(expected);
        else expect(found).toBe('unknown');
      }),
      { numRuns: 3000 },
    );
  });

  it('gives up where it takes too long, and claims nothing then', () => {
    fc.assert(
      fc.property(placed, placed, fc.nat(6), (one, other, steps) => {
        const [a, b] = [byteSetOf(one), byteSetOf(other)];
        if (!a || !b) return;
        const found = new SetComparison(steps).relationOf(a, b);
        expect([everyStep().relationOf(a, b), 'unknown']).toContain(found);
      }),
      { numRuns: 500 },
    );
  });

  it('takes few steps however large the tensors are', () => {
    const rows = 2 ** 20;
    const columns = 3 * 2 ** 12;
    const chunk = (first: number) =>
      byteSetOf({
        dtype: 'F32',
        shape: [rows, columns / 3],
        strides: [columns, 1],
        storageOffset: first * (columns / 3),
      })!;
    const every = (step: number, first: number) =>
      byteSetOf({
        dtype: 'F32',
        shape: [rows, columns / step],
        strides: [columns, step],
        storageOffset: first,
      })!;
    const few = () => new SetComparison(64);
    expect(few().relationOf(chunk(0), chunk(2))).toBe('apart');
    expect(few().relationOf(chunk(1), chunk(1))).toBe('same');
    expect(few().relationOf(every(2, 0), every(2, 1))).toBe('apart');
    expect(few().relationOf(every(4, 3), every(2, 1))).toBe('inside');
    expect(few().relationOf(every(2, 0), chunk(1))).toBe('partly');
    expect(few().relationOf(every(2, 0), every(3, 0))).toBe('unknown');
  });
});

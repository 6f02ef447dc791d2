import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grouping, GroupNorms } from '../../../src/kernels/kernels';
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import {
  type Backend,
  backends,
  bytesOf,
  keptOf,
  partsOf,
  repeatedTo,
  tensor,
  unaligned,
  wasm,
  weights,
} from './support';

const orders = [1, 2, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, 0.5, -1, -2.5];

/** A shape in the order of storage, and groups along some of its axes. */
const grouped = fc
  .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.uniqueArray(fc.nat(shape.length - 1), { minLength: 1, maxLength: 2 }),
      blocks: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    }),
  )
  .map(({ shape, axes, blocks }) => {
    const strideOf = (axis: number) => shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    let count = 1;
    const groupAxes = axes.map((axis, i) => {
      const made = { stride: strideOf(axis), size: shape[axis]!, block: blocks[i]!, step: count };
      count *= Math.ceil(made.size / made.block);
      return made;
    });
    return { elements: strideOf(-1), grouping: { axes: groupAxes, count } satisfies Grouping };
  });

const cases = fc.tuple(fc.constantFrom(...prunableDtypes), grouped).chain(([dtype, { elements, grouping }]) =>
  fc.record({
    dtype: fc.constant(dtype),
    grouping: fc.constant(grouping),
    bytes: tensor(dtype).map((bytes) => repeatedTo(elements, dtype, bytes)),
    kept: keptOf(elements),
    cuts: fc.array(fc.nat(400), { maxLength: 3 }),
    order: fc.constantFrom(...orders),
    gone: fc.uint8Array({ min: 0, max: 1, minLength: grouping.count, maxLength: grouping.count }),
  }),
);

function normsWith(
  kernels: Backend,
  dtype: PrunableDtype,
  grouping: Grouping,
  order: number,
  bytes: Uint8Array,
  { kept, cuts = [] }: { kept?: Uint8Array | undefined; cuts?: readonly number[] } = {},
): GroupNorms {
  const accumulator = kernels.groupNorms(dtype, grouping, order);
  let at = 0;
  for (const part of partsOf(dtype, bytes, cuts)) {
    const end = at + part.length / byteWidthOf(dtype);
    accumulator.add(unaligned(part), kept && unaligned(kept.subarray(at, end)));
    at = end;
  }
  return accumulator.finish();
}

/** Sums in another order differ in their last digits. */
function expectSameNorms(actual: GroupNorms, expected: GroupNorms): void {
  expect(Array.from(actual.counts)).toEqual(Array.from(expected.counts));
  expected.norms.forEach((norm, group) => {
    const found = actual.norms[group]!;
    if (Number.isFinite(norm))
      expect(Math.abs(found - norm)).toBeLessThanOrEqual(Math.max(1e-150, 1e-13 * Math.abs(norm)));
    else expect(found).toBeNaN();
  });
}

describe('norms of groups', () => {
  it('are the same with WASM as with the reference, however the tensor is cut', () => {
    fc.assert(
      fc.property(cases, ({ dtype, grouping, order, bytes, kept, cuts }) => {
        const expected = normsWith(referenceKernels, dtype, grouping, order, bytes, { kept });
        expectSameNorms(normsWith(wasm, dtype, grouping, order, bytes, { kept, cuts }), expected);
      }),
      { numRuns: 800 },
    );
  }, 30_000);

  it('of a part of the tensor begin where it does', () => {
    const bytes = bytesOf('F32', weights(600));
    const grouping = { axes: [{ stride: 7, size: 5, block: 2, step: 1 }], count: 3 };
    const sums = (kernels: Backend, first: number, end: number) =>
      normsWith(kernels, 'F32', { ...grouping, first }, 1, bytes.subarray(first * 4, end * 4));
    for (const kernels of backends) {
      const whole = sums(kernels, 0, 600);
      const [head, tail] = [sums(kernels, 0, 123), sums(kernels, 123, 600)];
      expect(Array.from(whole.counts)).toEqual(Array.from(head.counts, (count, group) => count + tail.counts[group]!));
      whole.norms.forEach((norm, group) => {
        expect(head.norms[group]! + tail.norms[group]!).toBeCloseTo(norm, 10);
      });
    }
  });

  it('do not depend on the chunks, not even in the last bit', () => {
    for (const dtype of prunableDtypes) {
      const bytes = bytesOf(dtype, weights(100_003));
      for (const [stride, size] of [
        [33_334, 3],
        [7, 100],
        [1, 999],
      ] as const) {
        const grouping = { axes: [{ stride, size, block: 1, step: 1 }], count: size };
        const whole = normsWith(wasm, dtype, grouping, 2, bytes);
        const cut = normsWith(wasm, dtype, grouping, 2, bytes, { cuts: [1, 1000, 33_333, 60_001] });
        expect(cut.norms).toEqual(whole.norms);
        expectSameNorms(whole, normsWith(referenceKernels, dtype, grouping, 2, bytes));
      }
    }
  });

  it.each(backends.map((kernels) => [kernels.name, kernels] as const))('are those of numpy with %s', (_, kernels) => {
    const bytes = bytesOf('F32', [3, -4, 0, 0.5, -2, 0]);
    const rows = { axes: [{ stride: 3, size: 2, block: 1, step: 1 }], count: 2 };
    const columns = { axes: [{ stride: 1, size: 3, block: 1, step: 1 }], count: 3 };
    const of = (grouping: Grouping, order: number) =>
      Array.from(normsWith(kernels, 'F32', grouping, order, bytes).norms);
    expect(of(rows, 2)).toEqual([5, Math.sqrt(4.25)]);
    expect(of(rows, 0)).toEqual([2, 2]);
    expect(of(columns, 1)).toEqual([3.5, 6, 0]);
    expect(of(columns, Number.POSITIVE_INFINITY)).toEqual([3, 4, 0]);
    expect(of(columns, Number.NEGATIVE_INFINITY)).toEqual([0.5, 2, 0]);
    expect(of(columns, -1)).toEqual([1 / (1 / 3 + 2), 1 / 0.75, 0]);
  });

  it.each(orders)('of order %s are NaN where a weight is not finite, and leave out what was removed', (order) => {
    for (const kernels of backends) {
      for (const dtype of prunableDtypes) {
        const bytes = bytesOf(dtype, [1, Number.NaN, 2, Number.NEGATIVE_INFINITY, 4, 4, Number.NaN, 4]);
        const pairs = { axes: [{ stride: 2, size: 4, block: 1, step: 1 }], count: 4 };
        const all = normsWith(kernels, dtype, pairs, order, bytes).norms;
        expect(Array.from(all, Number.isNaN)).toEqual([true, true, false, true]);
        const kept = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1);
        const { norms, counts } = normsWith(kernels, dtype, pairs, order, bytes, { kept });
        expect(Array.from(counts)).toEqual([1, 1, 0, 1]);
        expect(Array.from(norms)).toEqual(
          order === 0 ? [1, 1, 0, 1] : [1, 2, 0, 4].map((w) => (w === 0 ? 0 : expect.closeTo(w, 10))),
        );
      }
    }
  });
});

describe('applying groups', () => {
  it('erases the same elements with WASM as with the reference, and keeps the same account', () => {
    fc.assert(
      fc.property(cases, ({ dtype, grouping, bytes, kept, cuts, gone }) => {
        const results = backends.map((kernels) => {
          const applier = kernels.applyGroups(dtype, grouping, gone);
          const left: number[] = [];
          const leftKept: number[] = [];
          const changes: boolean[] = [];
          let at = 0;
          for (const part of partsOf(dtype, bytes, cuts)) {
            const end = at + part.length / byteWidthOf(dtype);
            const copy = unaligned(part);
            const keptCopy = kept && unaligned(kept.subarray(at, end));
            changes.push(applier.apply(copy, keptCopy));
            left.push(...copy);
            leftKept.push(...(keptCopy ?? []));
            at = end;
          }
          return { left, leftKept, changes, counts: applier.finish() };
        });
        expect(results[1]).toEqual(results[0]);
      }),
      { numRuns: 600 },
    );
  });

  it('takes groups that are larger than a block, and leaves NaN and infinities in them', () => {
    for (const dtype of prunableDtypes) {
      const values = weights(150_000);
      values[70_000] = Number.NaN;
      values[70_001] = Number.POSITIVE_INFINITY;
      const grouping = { axes: [{ stride: 50_000, size: 3, block: 1, step: 1 }], count: 3 };
      const expected = bytesOf(
        dtype,
        values.map((value, i) => (i >= 50_000 && i < 100_000 && Number.isFinite(value) ? 0 : value)),
      );
      const bytes = bytesOf(dtype, values);
      const applier = wasm.applyGroups(dtype, grouping, Uint8Array.of(0, 1, 0));
      for (const part of partsOf(dtype, bytes, [49_999, 100_001])) applier.apply(part);
      expect(Buffer.compare(bytes, expected)).toBe(0);
      expect(applier.finish()).toMatchObject({ pruned: 49_998 });
    }
  });
});

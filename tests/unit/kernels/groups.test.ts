import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grouping, GroupNorms } from '../../../src/kernels/kernels';
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import { type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { byWeights, fed, grouped, traceOf } from '../../support/kernelInputs';
import { type Backend, backends, bytesOf, partsOf, wasm, weights } from './support';

const orders = [1, 2, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, 0.5, -1, -2.5];

const cases = grouped(prunableDtypes, orders);

function normsWith(
  kernels: Backend,
  dtype: PrunableDtype,
  grouping: Grouping,
  order: number,
  bytes: Uint8Array,
  { kept, cuts }: { kept?: Uint8Array | undefined; cuts?: readonly number[] } = {},
): Promise<GroupNorms> {
  return fed(kernels.groupNorms(dtype, grouping, order), dtype, bytes, cuts, kept);
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
  it('are the same with WASM as with the reference, however the tensor is cut', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ dtype, grouping, order, bytes, kept, cuts }) => {
        const expected = await normsWith(referenceKernels, dtype, grouping, order, bytes, { kept });
        expectSameNorms(await normsWith(wasm, dtype, grouping, order, bytes, { kept, cuts }), expected);
      }),
      { numRuns: 800 },
    );
  }, 30_000);

  it('of a part of the tensor begin where it does', async () => {
    const bytes = bytesOf('F32', weights(600));
    const grouping = { axes: [{ stride: 7, size: 5, block: 2, step: 1 }], count: 3 };
    const sums = (kernels: Backend, first: number, end: number) =>
      normsWith(kernels, 'F32', { ...grouping, first }, 1, bytes.subarray(first * 4, end * 4));
    for (const kernels of backends) {
      const whole = await sums(kernels, 0, 600);
      const [head, tail] = [await sums(kernels, 0, 123), await sums(kernels, 123, 600)];
      expect(Array.from(whole.counts)).toEqual(Array.from(head.counts, (count, group) => count + tail.counts[group]!));
      whole.norms.forEach((norm, group) => {
        expect(head.norms[group]! + tail.norms[group]!).toBeCloseTo(norm, 10);
      });
    }
  });

  it('do not depend on the chunks, not even in the last bit', async () => {
    for (const dtype of prunableDtypes) {
      const bytes = bytesOf(dtype, weights(100_003));
      for (const [stride, size] of [
        [33_334, 3],
        [7, 100],
        [1, 999],
      ] as const) {
        const grouping = { axes: [{ stride, size, block: 1, step: 1 }], count: size };
        const whole = await normsWith(wasm, dtype, grouping, 2, bytes);
        const cut = await normsWith(wasm, dtype, grouping, 2, bytes, { cuts: [1, 1000, 33_333, 60_001] });
        expect(cut.norms).toEqual(whole.norms);
        expectSameNorms(whole, await normsWith(referenceKernels, dtype, grouping, 2, bytes));
      }
    }
  });

  it.each(backends.map((kernels) => [kernels.name, kernels] as const))(
    'are those of numpy with %s',
    async (_, kernels) => {
      const bytes = bytesOf('F32', [3, -4, 0, 0.5, -2, 0]);
      const rows = { axes: [{ stride: 3, size: 2, block: 1, step: 1 }], count: 2 };
      const columns = { axes: [{ stride: 1, size: 3, block: 1, step: 1 }], count: 3 };
      const of = async (grouping: Grouping, order: number) =>
        Array.from((await normsWith(kernels, 'F32', grouping, order, bytes)).norms);
      expect(await of(rows, 2)).toEqual([5, Math.sqrt(4.25)]);
      expect(await of(rows, 0)).toEqual([2, 2]);
      expect(await of(columns, 1)).toEqual([3.5, 6, 0]);
      expect(await of(columns, Number.POSITIVE_INFINITY)).toEqual([3, 4, 0]);
      expect(await of(columns, Number.NEGATIVE_INFINITY)).toEqual([0.5, 2, 0]);
      expect(await of(columns, -1)).toEqual([1 / (1 / 3 + 2), 1 / 0.75, 0]);
    },
  );

  it.each(orders)('of order %s are NaN where a weight is not finite, and leave out what was removed', async (order) => {
    for (const kernels of backends) {
      for (const dtype of prunableDtypes) {
        const bytes = bytesOf(dtype, [1, Number.NaN, 2, Number.NEGATIVE_INFINITY, 4, 4, Number.NaN, 4]);
        const pairs = { axes: [{ stride: 2, size: 4, block: 1, step: 1 }], count: 4 };
        const all = (await normsWith(kernels, dtype, pairs, order, bytes)).norms;
        expect(Array.from(all, Number.isNaN)).toEqual([true, true, false, true]);
        const kept = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1);
        const { norms, counts } = await normsWith(kernels, dtype, pairs, order, bytes, { kept });
        expect(Array.from(counts)).toEqual([1, 1, 0, 1]);
        expect(Array.from(norms)).toEqual(
          order === 0 ? [1, 1, 0, 1] : [1, 2, 0, 4].map((w) => (w === 0 ? 0 : expect.closeTo(w, 10))),
        );
      }
    }
  });
});

describe('applying groups', () => {
  it('erases the same elements with WASM as with the reference, and keeps the same account', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ dtype, grouping, bytes, kept, cuts, gone }) => {
        const applied = { dtype, scoreDtype: dtype, bytes, scores: bytes, kept, cuts };
        const [expected, actual] = await Promise.all(
          backends.map((kernels) => traceOf(byWeights(kernels.applyGroups(dtype, grouping, gone)), applied)),
        );
        expect(actual).toEqual(expected);
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

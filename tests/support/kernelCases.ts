/**
 * What every backend must do as the reference does, whether it answers at once or later. Runs in Node and in a
 * browser, hence the plain comparisons. f64 is left out: not every backend has it.
 */
import fc from 'fast-check';
import type { Grouping, GroupNorms, Kernels } from '../../src/kernels/kernels';
import { referenceKernels } from '../../src/kernels/reference/referenceKernels';
import { binOf } from '../../src/tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import type { TensorStatistics } from '../../src/tensors/statistics';
import { expectClose, expectSame } from './expectSame';
import {
  type Applied,
  type Applying,
  byWeights,
  criteria,
  cuts,
  fed,
  grouped,
  patterned,
  scored,
  traceOf,
} from './kernelInputs';
import { bytesOf, keptOf, tensor, thresholdFor, unaligned, valuesOf, weights } from './tensors';

export interface KernelCase {
  readonly name: string;
  /** Rejects where `kernels` and the reference differ. */
  run(kernels: Kernels): Promise<void>;
}

const dtypes = ['F32', 'F16', 'BF16'] as const;
const seed = 20_240_229;

/** Relative to the norm. */
const normTolerance = 1e-11;
/** Relative to the deviation, and to the largest magnitude. */
const momentTolerance = { std: 1e-9, size: 1e-12 };

function property<Value>(
  values: fc.Arbitrary<Value>,
  check: (value: Value) => Promise<void>,
  numRuns = 40,
): Promise<void> {
  return fc.assert(fc.asyncProperty(values, check), { seed, numRuns });
}

function sizeOf(dtype: PrunableDtype, bytes: Uint8Array): number {
  return valuesOf(dtype, bytes).reduce(
    (size, value) => (Number.isFinite(value) ? Math.max(size, Math.abs(value)) : size),
    0,
  );
}

function expectSameStatistics(actual: TensorStatistics, expected: TensorStatistics, size: number): void {
  const { mean, std, ...exact } = actual;
  const { mean: expectedMean, std: expectedStd, ...expectedExact } = expected;
  expectSame(exact, expectedExact, 'statistics');
  expectClose(mean, expectedMean, momentTolerance.size * size, 'mean');
  expectClose(std, expectedStd, momentTolerance.std * expectedStd + momentTolerance.size * size, 'std');
}

async function checkMeasure(kernels: Kernels, dtype: PrunableDtype, bytes: Uint8Array, cuts: readonly number[]) {
  const actual = await fed(kernels.measure(dtype), dtype, bytes, cuts);
  const expected = await fed(referenceKernels.measure(dtype), dtype, bytes, []);
  expectSameStatistics(actual, expected, sizeOf(dtype, bytes));
}

async function checkRefine(kernels: Kernels, dtype: PrunableDtype, bytes: Uint8Array, bin: number, cuts: number[]) {
  const actual = await fed(kernels.refineBin(dtype, bin), dtype, bytes, cuts);
  expectSame(actual, await fed(referenceKernels.refineBin(dtype, bin), dtype, bytes, []), `bin ${bin}`);
}

async function checkEnergies(kernels: Kernels, dtype: PrunableDtype, bytes: Uint8Array, cuts: readonly number[]) {
  const actual = await fed(kernels.binEnergies(dtype), dtype, bytes, cuts);
  const expected = await fed(referenceKernels.binEnergies(dtype), dtype, bytes, []);
  // Bins of nothing but zeros may be left out at the ends.
  for (let bin = 0; bin < 0x8000; bin++) {
    const energy = expected.energies[bin - expected.firstBin] ?? 0;
    expectClose(actual.energies[bin - actual.firstBin] ?? 0, energy, 1e-12 * energy, `energy of bin ${bin}`);
  }
}

async function checkApplied(kernels: Kernels, applied: Applied, start: (kernels: Kernels) => Applying) {
  const actual = await traceOf(start(kernels), applied);
  expectSame(actual, await traceOf(start(referenceKernels), applied), 'what was applied');
}

const pairs = fc.constantFrom(
  ...dtypes.flatMap((dtype) => [[dtype, dtype] as const, [dtype, 'F32'] as const, ['F32', dtype] as const]),
);

const groupedTensors = grouped(dtypes, [1, 2, 2, Number.POSITIVE_INFINITY]);

function expectSameNorms(actual: GroupNorms, expected: GroupNorms): void {
  expectSame(actual.counts, expected.counts, 'elements by group');
  expected.norms.forEach((norm, group) => {
    expectClose(actual.norms[group]!, norm, normTolerance * norm, `norm of group ${group}`);
  });
}

async function checkNorms(
  kernels: Kernels,
  dtype: PrunableDtype,
  {
    bytes,
    grouping,
    order,
    cuts = [],
    kept,
  }: {
    bytes: Uint8Array;
    grouping: Grouping;
    order: number;
    cuts?: readonly number[];
    kept?: Uint8Array | undefined;
  },
): Promise<void> {
  const actual = await fed(kernels.groupNorms(dtype, grouping, order), dtype, bytes, cuts, kept);
  expectSameNorms(actual, await fed(referenceKernels.groupNorms(dtype, grouping, order), dtype, bytes, [], kept));
}

/** Over many workgroups, with all that is awkward in it, and an odd number of elements. */
function large(dtype: PrunableDtype): Uint8Array {
  const values = weights(70_001).map((weight, i) => (i % 3 === 0 ? (i % 2 === 0 ? 0.03125 : -0.03125) : weight));
  values[5] = values[40_000] = Number.NaN;
  values[6] = values[66_666] = Number.POSITIVE_INFINITY;
  values[7] = Number.NEGATIVE_INFINITY;
  values[8] = -0;
  values[9] = 0;
  values[10] = 2 ** -24;
  values[11] = -(2 ** -140);
  return bytesOf(dtype, values);
}

function byDtype(name: string, run: (kernels: Kernels, dtype: PrunableDtype) => Promise<void>): KernelCase[] {
  return dtypes.map((dtype) => ({ name: `${name} (${dtype})`, run: (kernels) => run(kernels, dtype) }));
}

export const kernelCases: readonly KernelCase[] = [
  ...byDtype('measures any tensor, however it is cut', (kernels, dtype) =>
    property(fc.tuple(tensor(dtype), cuts), ([bytes, cuts]) => checkMeasure(kernels, dtype, bytes, cuts)),
  ),
  ...byDtype('measures a large tensor', (kernels, dtype) => checkMeasure(kernels, dtype, large(dtype), [33_333])),
  ...byDtype('finds the moments of values far from zero, alike, tiny, huge and of any size', async (kernels, dtype) => {
    const plain = weights(9_001);
    const largest = dtype === 'F16' ? 60_000 : 3e38;
    const smallest = { F32: 2 ** -149, F16: 2 ** -24, BF16: 2 ** -133 }[dtype as 'F32' | 'F16' | 'BF16'];
    for (const scaled of [
      plain.map((weight) => 100 + weight),
      plain.map(() => 0.1),
      plain.map((weight) => Math.round(weight * 100) * smallest),
      plain.map((weight) => Math.sign(weight) * largest),
      plain.map((weight, i) => weight * 2 ** -(i % 40)),
    ]) {
      await checkMeasure(kernels, dtype, bytesOf(dtype, scaled), [4_096]);
    }
  }),

  ...byDtype('lists the values of any bin', (kernels, dtype) =>
    property(fc.tuple(tensor(dtype), fc.nat(), cuts), ([bytes, pick, cuts]) => {
      const finite = valuesOf(dtype, bytes).filter(Number.isFinite);
      const bin = finite.length === 0 ? 0x3c00 : binOf(dtype, Math.abs(finite[pick % finite.length]!));
      return checkRefine(kernels, dtype, bytes, bin, cuts);
    }),
  ),
  ...byDtype('lists the values of a bin of a large tensor', (kernels, dtype) =>
    checkRefine(kernels, dtype, large(dtype), binOf(dtype, 0.03125), [33_333]),
  ),

  ...byDtype('adds up squares by bin', async (kernels, dtype) => {
    await property(fc.tuple(tensor(dtype), cuts), ([bytes, cuts]) => checkEnergies(kernels, dtype, bytes, cuts), 20);
    await checkEnergies(kernels, dtype, large(dtype), [33_333]);
  }),

  ...byDtype('applies any threshold to any tensor', (kernels, dtype) =>
    property(
      tensor(dtype).chain((bytes) =>
        fc.record({
          bytes: fc.constant(bytes),
          kept: keptOf(bytes.length / byteWidthOf(dtype)),
          cuts,
          mask: fc.record({
            criterion: criteria,
            threshold: thresholdFor(dtype, bytes),
            ties: fc.constantFrom(0, 1, 2, 5, 17, 2 ** 33, Number.POSITIVE_INFINITY),
          }),
        }),
      ),
      ({ bytes, kept, cuts, mask }) =>
        checkApplied(kernels, { dtype, scoreDtype: dtype, bytes, scores: bytes, kept, cuts }, (backend) =>
          byWeights(backend.applyThreshold(dtype, mask)),
        ),
      60,
    ),
  ),
  ...byDtype('counts ties across workgroups, in order, and what was removed before is none', async (kernels, dtype) => {
    const bytes = large(dtype);
    const kept = Uint8Array.from({ length: 70_001 }, (_, i) => (i % 7 === 0 ? 0 : 1));
    for (const ties of [1, 8_193, 20_123, Number.POSITIVE_INFINITY]) {
      const applied = { dtype, scoreDtype: dtype, bytes, scores: bytes, cuts: [7, 30_001] };
      const mask = { criterion: 'magnitude', threshold: 0.03125, ties } as const;
      await checkApplied(kernels, applied, (backend) => byWeights(backend.applyThreshold(dtype, mask)));
      await checkApplied(kernels, { ...applied, kept }, (backend) => byWeights(backend.applyThreshold(dtype, mask)));
    }
  }),

  {
    name: 'counts ties over millions of elements',
    async run(kernels) {
      const count = 2_500_000;
      const ones = new Uint8Array(new Uint16Array(count).fill(0x3c00).buffer);
      for (const ties of [1, 1_234_567, count - 1]) {
        const bytes = ones.slice();
        const applier = kernels.applyThreshold('F16', { criterion: 'magnitude', threshold: 1, ties });
        await applier.apply(bytes);
        expectSame((await applier.finish()).pruned, ties, 'pruned');
        const left = new Uint16Array(bytes.buffer);
        expectSame([left.indexOf(0x3c00), left.lastIndexOf(0)], [ties, ties - 1], 'first that stays, last that goes');
      }
    },
  },

  {
    name: 'applies thresholds to scores of another dtype',
    run: (kernels) =>
      property(
        scored(pairs),
        ({ mask, ...applied }) =>
          checkApplied(kernels, applied, (backend) => backend.applyScores(applied.dtype, applied.scoreDtype, mask)),
        80,
      ),
  },

  {
    name: 'finds the norms of groups',
    run: (kernels) => property(groupedTensors, ({ dtype, ...given }) => checkNorms(kernels, dtype, given), 100),
  },
  ...byDtype('finds the norms of groups that span many workgroups, and of many small ones', async (kernels, dtype) => {
    const bytes = bytesOf(dtype, weights(70_001));
    for (const [stride, size] of [
      [23_334, 3],
      [7, 100],
      [1, 999],
    ] as const) {
      const grouping = { axes: [{ stride, size, block: 1, step: 1 }], count: size };
      for (const order of [1, 2]) await checkNorms(kernels, dtype, { bytes, grouping, order, cuts: [33_333] });
    }
  }),
  {
    name: 'erases groups',
    run: (kernels) =>
      property(
        groupedTensors,
        ({ dtype, grouping, gone, bytes, kept, cuts }) =>
          checkApplied(kernels, { dtype, scoreDtype: dtype, bytes, scores: bytes, kept, cuts }, (backend) =>
            byWeights(backend.applyGroups(dtype, grouping, gone)),
          ),
        80,
      ),
  },

  {
    name: 'applies patterns',
    run: (kernels) =>
      property(
        patterned(pairs, 16),
        ({ criterion, mask, ...applied }) =>
          checkApplied(kernels, applied, (backend) =>
            backend.applyPattern(applied.dtype, applied.scoreDtype, criterion, mask),
          ),
        120,
      ),
  },
  ...byDtype('applies a pattern to a large tensor', async (kernels, dtype) => {
    const bytes = large(dtype).subarray(0, 69_984 * byteWidthOf(dtype));
    for (const stride of [1, 9]) {
      const mask = { amount: { keep: 2 }, m: 4, size: 36, stride, run: 1 };
      await checkApplied(kernels, { dtype, scoreDtype: dtype, bytes, scores: bytes, cuts: [36_000] }, (backend) =>
        backend.applyPattern(dtype, dtype, 'magnitude', mask),
      );
    }
  }),

  ...byDtype('draws random scores, also across 2^32 elements', async (kernels, dtype) => {
    const bytes = large(dtype).subarray(0, 3_001 * byteWidthOf(dtype));
    for (const index of [0, 12_345, 2 ** 32 - 1_000, 2 ** 40 + 3]) {
      const scoring = { kind: 'random', seed: 4_000_000_007, stream: 0x9abc_def0 } as const;
      const actual = (await kernels.scorer(dtype, scoring).score(unaligned(bytes), index)).slice();
      const expected = await referenceKernels.scorer(dtype, scoring).score(bytes, index);
      expectSame(valuesOf('F32', actual), valuesOf('F32', expected), 'scores');
    }
  }),
];

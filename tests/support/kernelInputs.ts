/** What kernels are given in tests, by chance, and everything that they do to it, whether they answer at once or later. */
import fc from 'fast-check';
import { type ApplyCounts, type Grouping, type PatternMask, stripOf } from '../../src/kernels/kernels';
import type { Awaitable } from '../../src/lib/awaitable';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import { keptOf, partsOf, repeatedTo, tensor, thresholdFor, unaligned } from './tensors';

interface Adding<Result> {
  add(bytes: Uint8Array, kept?: Uint8Array): Awaitable<void>;
  finish(): Awaitable<Result>;
}

/** Feeds a tensor in parts, cut at elements, every one at an odd address. */
export async function fed<Result>(
  accumulator: Adding<Result>,
  dtype: PrunableDtype,
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  kept?: Uint8Array,
): Promise<Result> {
  let at = 0;
  for (const part of partsOf(dtype, bytes, cuts)) {
    const end = at + part.length / byteWidthOf(dtype);
    await accumulator.add(unaligned(part), kept && unaligned(kept.subarray(at, end)));
    at = end;
  }
  return accumulator.finish();
}

export interface Applying {
  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}

/** An applier that looks at the weights themselves. */
export function byWeights(applier: {
  apply(bytes: Uint8Array, kept?: Uint8Array): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}): Applying {
  return { apply: (bytes, _, kept) => applier.apply(bytes, kept), finish: () => applier.finish() };
}

/** A tensor that something is applied to. */
export interface Applied {
  readonly dtype: PrunableDtype;
  readonly scoreDtype: PrunableDtype;
  readonly bytes: Uint8Array;
  readonly scores: Uint8Array;
  readonly kept?: Uint8Array | undefined;
  readonly cuts?: readonly number[];
}

/** Everything that an applier does to a tensor, in parts that start at odd addresses. */
export async function traceOf(applier: Applying, { dtype, scoreDtype, bytes, scores, kept, cuts = [] }: Applied) {
  const left = new Uint8Array(bytes.length);
  const leftKept = kept?.slice();
  const changes: boolean[] = [];
  const width = byteWidthOf(scoreDtype);
  let at = 0;
  for (const part of partsOf(dtype, bytes, cuts)) {
    const end = at + part.length / byteWidthOf(dtype);
    const copy = unaligned(part);
    const keptCopy = kept && unaligned(kept.subarray(at, end));
    changes.push(await applier.apply(copy, unaligned(scores.subarray(at * width, end * width)), keptCopy));
    left.set(copy, at * byteWidthOf(dtype));
    if (keptCopy) leftKept?.set(keptCopy, at);
    at = end;
  }
  return { left, leftKept, changes, counts: await applier.finish() };
}

/** Where a tensor is cut. */
export const cuts = fc.array(fc.nat(400), { maxLength: 3 });

export const criteria = fc.constantFrom('magnitude' as const, 'signed' as const);

/** A dtype, and one of scores. */
type DtypePairs = fc.Arbitrary<readonly [PrunableDtype, PrunableDtype]>;

/** Tensors with scores beside them, and a threshold on those. */
export function scored(pairs: DtypePairs) {
  return pairs.chain(([dtype, scoreDtype]) =>
    tensor(scoreDtype).chain((scores) => {
      const count = scores.length / byteWidthOf(scoreDtype);
      return fc.record({
        dtype: fc.constant(dtype),
        scoreDtype: fc.constant(scoreDtype),
        scores: fc.constant(scores),
        bytes: tensor(dtype).map((bytes) => repeatedTo(count, dtype, bytes)),
        kept: keptOf(count),
        cuts,
        mask: fc.record({
          criterion: criteria,
          threshold: thresholdFor(scoreDtype, scores),
          ties: fc.constantFrom(0, 1, 2, 5, 17, Number.POSITIVE_INFINITY),
        }),
      });
    }),
  );
}

/** A shape in the order of storage, and groups along some of its axes. @param firsts where the elements begin in the tensor */
function groupings(firsts: readonly number[]): fc.Arbitrary<{ elements: number; grouping: Grouping }> {
  return fc
    .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axes: fc.uniqueArray(fc.nat(shape.length - 1), { minLength: 1, maxLength: 2 }),
        blocks: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        first: fc.constantFrom(...firsts),
      }),
    )
    .map(({ shape, axes, blocks, first }) => {
      const strideOf = (axis: number) => shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      let count = 1;
      const groupAxes = axes.map((axis, i) => {
        const made = { stride: strideOf(axis), size: shape[axis]!, block: blocks[i]!, step: count };
        count *= Math.ceil(made.size / made.block);
        return made;
      });
      return { elements: strideOf(-1), grouping: { axes: groupAxes, count, first } };
    });
}

/** Tensors whose weights go in groups, at times from the middle of a larger one. */
export function grouped(dtypes: readonly PrunableDtype[], orders: readonly number[]) {
  return fc
    .tuple(fc.constantFrom(...dtypes), groupings([0, 0, 5, 2 ** 33 + 7]))
    .chain(([dtype, { elements, grouping }]) =>
      fc.record({
        dtype: fc.constant(dtype),
        grouping: fc.constant(grouping),
        bytes: tensor(dtype).map((bytes) => repeatedTo(elements, dtype, bytes)),
        kept: keptOf(elements),
        cuts,
        order: fc.constantFrom(...orders),
        gone: fc.uint8Array({ min: 0, max: 1, minLength: grouping.count, maxLength: grouping.count }),
      }),
    );
}

/** n of m, at times with a rest, and rows: contiguous, side by side, or in runs. @param longest the largest m */
function patternMasks(longest: number): fc.Arbitrary<PatternMask> {
  const strips = fc
    .record({
      m: fc.constantFrom(...[1, 2, 4, 4, 8, 5, 16, 33, 50].filter((m) => m <= longest)),
      whole: fc.integer({ min: 0, max: 3 }),
      rest: fc.constantFrom(0, 0, 1, 3),
      stride: fc.constantFrom(1, 1, 2, 3, 9),
      amount: fc.oneof(
        fc.nat(9).map((keep) => ({ keep })),
        fc.nat(40).map((drop) => ({ drop })),
      ),
    })
    .filter(({ whole, rest }) => whole + rest > 0)
    .map(({ m, whole, rest, stride, amount }) => ({ amount, m, size: m * whole + rest, stride, run: 1 }));
  const rows = fc
    .record({
      run: fc.constantFrom(1, 1, 2, 5),
      share: fc.integer({ min: 1, max: 12 }),
      rows: fc.integer({ min: 1, max: 5 }),
      amount: fc.nat(50),
    })
    .map(({ run, share, rows, amount }) => {
      const m = Math.min(share, Math.floor(longest / run)) * run;
      return { amount: { drop: amount }, m, size: m, stride: run * rows, run };
    });
  return fc.oneof(strips, rows);
}

/** Tensors of a few strips, cut between them, with scores beside them, and a pattern. @param longest the largest m */
export function patterned(pairs: DtypePairs, longest: number) {
  return fc
    .tuple(pairs, patternMasks(longest), fc.integer({ min: 1, max: 3 }))
    .chain(([[dtype, scoreDtype], mask, strips]) => {
      const count = stripOf(mask) * strips;
      return fc.record({
        dtype: fc.constant(dtype),
        scoreDtype: fc.constant(scoreDtype),
        mask: fc.constant(mask),
        criterion: criteria,
        bytes: tensor(dtype).map((bytes) => repeatedTo(count, dtype, bytes)),
        scores: tensor(scoreDtype).map((scores) => repeatedTo(count, scoreDtype, scores)),
        kept: keptOf(count),
        cuts: fc.nat(strips).map((strip) => (count === 0 ? [] : [strip * stripOf(mask)])),
      });
    });
}

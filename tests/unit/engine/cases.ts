/** Tensors, programs and the ways to store them, for tests against plain loops over numbers. */
import fc from 'fast-check';
import type { Kernels } from '../../../src/kernels/kernels';
import type { Mask, Program, SlicesOfAxis } from '../../../src/pruning/resolution';
import type { Score, ScoredGroups } from '../../../src/pruning/score';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { numelOf } from '../../../src/tensors/tensor';
import { tensor as elementsOf, repeatedTo, valuesOf } from '../kernels/support';
import { leftAfter, scoresOf } from '../pruning/naive';
import { type Tensor, tensorOf } from '../pruning/support';
import { checkpointOf, openInMemory, referTo, type Stored } from './sessions';

/** What a mask is to be, before there are scores to place its threshold among. */
type Sketch =
  | { readonly kind: 'threshold'; readonly score: Score; readonly share: number; readonly ties: number }
  | Extract<Mask, { kind: 'pattern' | 'rows' | 'slices' }>;

export interface Case {
  readonly dtype: PrunableDtype;
  readonly shape: readonly number[];
  readonly order: readonly number[];
  readonly apart: number;
  readonly places: number;
  readonly byteOrder: 'little' | 'big';
  readonly bytes: Uint8Array;
  readonly earlier: Uint8Array;
  readonly sketches: readonly Sketch[];
  readonly chunkBytes: number;
}

/** Vectors with gaps between their elements, or in several places of the file. */
export const storedAnyhow = fc.constantFrom(...prunableDtypes).chain((dtype) =>
  fc.tuple(elementsOf(dtype), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })).map(
    ([bytes, apart, places]): Omit<Stored, 'name'> => ({
      dtype,
      shape: [bytes.length / byteWidthOf(dtype), 1],
      bytes,
      apart,
      places: apart === 1 ? places : 1,
    }),
  ),
);

const criteria = fc.constantFrom<Score['criterion']>('magnitude', 'signed', 'random', 'magnitude_increase');
export const weightScore = fc
  .tuple(criteria, fc.nat(3))
  .map(([criterion, seed]): Score => (criterion === 'random' ? { criterion, seed } : { criterion }));

/** Groups of outputs by inputs, by their L1 norm. */
export function rectangles(
  kind: string,
  outputs: number,
  inputs: number,
  [r, c]: readonly [number, number],
): ScoredGroups {
  const axes = [
    { axis: outputs, size: r },
    { axis: inputs, size: c },
  ];
  return { kind, axes, norm: 1 };
}

export function groupScore(shape: readonly number[]): fc.Arbitrary<Score> {
  const axis = fc.nat(shape.length - 1);
  const other = (outputs: number) => (outputs + 1) % shape.length;
  const groups: fc.Arbitrary<ScoredGroups> = fc.oneof(
    fc
      .tuple(axis, fc.constantFrom(1, 2, 3, 'inf' as const, '-inf' as const))
      .map(([axis, norm]) => ({ kind: 'dim', axes: [{ axis, size: 1 }], norm })),
    ...(shape.length < 2
      ? []
      : [
          axis.map((outputs) => rectangles('kernel', outputs, other(outputs), [1, 1])),
          fc
            .tuple(axis, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
            .map(([outputs, r, c]) => rectangles('block', outputs, other(outputs), [r, c])),
        ]),
  );
  return fc
    .tuple(fc.constantFrom('magnitude' as const, 'random' as const), groups)
    .map(([criterion, of]) => ({ criterion, groups: of, ...(criterion === 'random' && { seed: 9 }) }));
}

/** The slowest dimensions of storage, then some side by side: rows lie in runs of equal distance. */
function rowAxes(shape: readonly number[]): fc.Arbitrary<number[]> {
  const all = shape.map((_, axis) => axis);
  return fc.tuple(fc.nat(all.length), fc.nat(all.length - 1), fc.nat(all.length - 1)).map(([slowest, one, other]) => {
    const [first, last] = [Math.min(one, other), Math.max(one, other)];
    return all.filter((axis) => (axis < slowest && slowest <= 2) || (axis >= first && axis <= last));
  });
}

function slices(shape: readonly number[]): fc.Arbitrary<SlicesOfAxis[]> {
  const ofAxis = shape.map((size, axis) => fc.subarray([...Array(size).keys()]).map((indices) => ({ axis, indices })));
  return fc.tuple(...ofAxis).chain((all) => fc.subarray(all, { minLength: 1 }));
}

function sketch(shape: readonly number[]): fc.Arbitrary<Sketch> {
  const axis = fc.nat(shape.length - 1);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.oneof(
    fc.record({
      kind: fc.constant('threshold' as const),
      score: fc.oneof(weightScore, groupScore(shape)),
      share,
      ties: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
    }),
    fc.record({
      kind: fc.constant('pattern' as const),
      score: weightScore,
      axis,
      n: fc.nat(3),
      m: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('rows' as const), score: weightScore, axes: rowAxes(shape), count: fc.nat(4) }),
    fc.record({ kind: fc.constant('slices' as const), cuts: slices(shape) }),
  );
}

export const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...prunableDtypes), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }))
  .chain(([dtype, shape]) =>
    fc.record({
      dtype: fc.constant(dtype),
      shape: fc.constant(shape),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      apart: fc.constantFrom(1, 1, 2, 3),
      places: fc.constantFrom(1, 1, 3),
      byteOrder: fc.constantFrom('little' as const, 'big' as const),
      bytes: elementsOf(dtype).map((bytes) => repeatedTo(numelOf(shape), dtype, bytes)),
      earlier: elementsOf(dtype).map((bytes) => repeatedTo(numelOf(shape), dtype, bytes)),
      sketches: fc.array(sketch(shape), { minLength: 1, maxLength: 3 }),
      chunkBytes: fc.constantFrom(8, 24, 64, 2 ** 20),
    }),
  )
  // Elements with gaps between them lie in one place (units.ts).
  .map((each) => (each.apart > 1 ? { ...each, places: 1 } : each));

/** The tensor as plain loops see it: by the axes of storage. */
export function naiveTensor({ dtype, shape, bytes, earlier }: Case): Tensor {
  const about = { id: 0, name: 'a.weight', kind: 'linear' as const, shape };
  return tensorOf(dtype, bytes, about, { reference: valuesOf(dtype, earlier) });
}

export async function openCase(each: Case, kernels: Kernels) {
  const { dtype, shape, order, apart, places, byteOrder } = each;
  const stored = (bytes: Uint8Array) => [{ name: 'a.weight', dtype, shape, bytes, order, apart, places }];
  const memory = checkpointOf(stored(each.bytes), byteOrder);
  const session = await openInMemory(memory, kernels);
  referTo(session, checkpointOf(stored(each.earlier), byteOrder));
  return { memory, session };
}

/** Places the thresholds of sketches among the scores that are left. */
export function programOf(tensor: Tensor, sketches: readonly Sketch[]): Program {
  const program: Mask[] = [];
  for (const each of sketches) {
    program.push(
      each.kind === 'threshold'
        ? { kind: 'threshold', score: each.score, ...thresholdAt(tensor, program, each) }
        : each,
    );
  }
  return program;
}

function thresholdAt(
  tensor: Tensor,
  before: Program,
  { score, share, ties }: Extract<Sketch, { kind: 'threshold' }>,
): { threshold: number; ties: number } {
  const { values } = scoresOf(tensor, score, leftAfter(tensor, before));
  const isMagnitude = score.criterion === 'magnitude' && !score.groups;
  const ranks = values.map((value) => (isMagnitude ? Math.abs(value) : value) + 0).filter(Number.isFinite);
  ranks.sort((a, b) => a - b);
  const at = Math.floor(share * (ranks.length - 1));
  const rank = ranks[at] ?? 0;
  if (!score.groups || score.criterion === 'random') return { threshold: rank, ties };
  // Norms are sums, whose last digit depends on their order: stay clear of them.
  const next = ranks.find((other) => other > rank * (1 + 1e-6) + 1e-300) ?? rank * 2 + 1;
  const middle = rank / 2 + next / 2;
  return { threshold: middle, ties: Number.POSITIVE_INFINITY };
}

/** The same program by the axes of the tensor. */
export function inAxesOf(order: readonly number[], program: Program): Program {
  const axisOf = (stored: number) => order.indexOf(stored);
  const scoreOf = (score: Score): Score => {
    const { groups } = score;
    if (!groups) return score;
    const axes = groups.axes.map(({ axis, size }) => ({ axis: axisOf(axis), size }));
    return { ...score, groups: { ...groups, axes } };
  };
  return program.map((mask) => {
    if (mask.kind === 'same') return { ...mask, program: inAxesOf(order, mask.program) };
    if (mask.kind === 'values' || mask.kind === 'int8') return mask;
    if (mask.kind === 'slices') return { ...mask, cuts: mask.cuts.map((cut) => ({ ...cut, axis: axisOf(cut.axis) })) };
    const score = scoreOf(mask.score);
    if (mask.kind === 'threshold') return { ...mask, score };
    return mask.kind === 'rows'
      ? { ...mask, score, axes: mask.axes.map(axisOf) }
      : { ...mask, score, axis: axisOf(mask.axis) };
  });
}

/** What a worker does, in plain loops over weights that are all in memory: scores, masks, and answers to requests. */
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import { groupCountOf } from '../../../src/pruning/groups';
import type { Answer, Mask, Program, Request } from '../../../src/pruning/resolution';
import { rankingOf, type Score, type ScoredGroups, scoreDtypeOf } from '../../../src/pruning/score';
import { inputAxisOf, rowAxesOf } from '../../../src/tensors/axes';
import { binOf } from '../../../src/tensors/bins';
import type { PrunableDtype } from '../../../src/tensors/dtype';
import { roundToDtype } from '../../../src/tensors/half';
import { randomScore, streamOf } from '../../../src/tensors/random';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { contiguousStrides } from '../../../src/tensors/tensor';
import { bytesOf } from '../kernels/support';
import type { Tensor } from './support';

/** Scores of what is left, by number of element or group. */
export interface Scores {
  readonly numbers: readonly number[];
  /** Of single weights by magnitude: the weights themselves. NaN and infinities never go. */
  readonly values: readonly number[];
}

/** Index of an element along an axis. */
export function indexOf(shape: readonly number[], axis: number, element: number): number {
  return Math.floor(element / contiguousStrides(shape)[axis]!) % shape[axis]!;
}

/** The group that an element is in; without groups each is its own. */
export function groupOf(shape: readonly number[], groups: ScoredGroups | undefined, element: number): number {
  if (!groups) return element;
  const along = (axis: number) => indexOf(shape, axis, element);
  return groups.axes.reduce((before, { axis, size }) => {
    return before * Math.ceil(shape[axis]! / size) + Math.floor(along(axis) / size);
  }, 0);
}

export function scoresOf(tensor: Tensor, score: Score, left: readonly boolean[]): Scores {
  const { groups } = score;
  if (!groups) {
    const numbers = tensor.values.flatMap((_, element) => (left[element] ? [element] : []));
    return { numbers, values: numbers.map((element) => scoreOfWeight(tensor, score, element)) };
  }
  const { shape, dtype } = tensor.candidate;
  const members = new Map<number, number[]>();
  tensor.values.forEach((_, element) => {
    if (!left[element]) return;
    const group = groupOf(shape, groups, element);
    members.set(group, [...(members.get(group) ?? []), element]);
  });
  const numbers = Array.from({ length: groupCountOf(shape, groups) }, (_, i) => i).filter((i) => members.has(i));
  const values = numbers.map((group) => {
    const elements = members.get(group)!;
    if (elements.some((element) => !Number.isFinite(tensor.values[element]))) return Number.NaN;
    if (score.criterion === 'random') return draw(tensor, score, group);
    const magnitudes = elements.map((element) => Math.abs(scoreOfWeight(tensor, score, element)));
    return roundToDtype(normOf(magnitudes, groups), scoreDtypeOf(score, dtype));
  });
  return { numbers, values };
}

function normOf(magnitudes: readonly number[], groups: ScoredGroups): number {
  const order = groups.kind === 'dim' ? groups.norm : 1;
  if (order === 'inf') return Math.max(...magnitudes);
  if (order === '-inf') return Math.min(...magnitudes);
  return magnitudes.reduce((sum, magnitude) => sum + magnitude ** order, 0) ** (1 / order);
}

function scoreOfWeight(tensor: Tensor, score: Score, element: number): number {
  const { candidate, values, reference, factors } = tensor;
  const weight = values[element]!;
  if (score.criterion === 'magnitude' || score.criterion === 'signed') return weight;
  if (!Number.isFinite(weight)) return Number.NaN;
  if (score.criterion === 'random') return draw(tensor, score, element);
  if (score.criterion === 'magnitude_increase') {
    return roundToDtype(Math.abs(weight) - Math.abs(reference![element]!), candidate.dtype) + 0;
  }
  if (score.criterion === 'relativeMagnitude')
    return Math.fround(Math.fround(Math.abs(weight)) * scaleAt(tensor, element));
  const input = indexOf(candidate.shape, inputAxisOf(candidate)!, element);
  return Math.fround(Math.fround(Math.abs(weight)) * factors![input]!);
}

/** One over the root mean square of the element's output, in single precision. */
function scaleAt({ candidate, values }: Tensor, element: number): number {
  const outputOf = (at: number) =>
    rowAxesOf(candidate)!
      .map((axis) => indexOf(candidate.shape, axis, at))
      .join();
  const own = values.filter((_, at) => outputOf(at) === outputOf(element));
  const norm = Math.sqrt(own.reduce((sum, value) => sum + value ** 2, 0));
  if (!Number.isFinite(norm)) return Number.NaN;
  return Math.fround(Math.min(Math.sqrt(own.length) / norm, (2 - 2 ** -23) * 2 ** 127));
}

function draw({ candidate }: Tensor, { seed }: Score, index: number): number {
  return randomScore(seed!, streamOf(candidate.name), index);
}

/** Which elements are left after a program. */
export function leftAfter(tensor: Tensor, program: Program): boolean[] {
  const left = tensor.values.map(() => true);
  for (const mask of program) {
    for (const element of chosenBy(tensor, mask, left)) left[element] = false;
  }
  return left;
}

/** The elements that a mask takes of those left. */
export function chosenBy(tensor: Tensor, mask: Mask, left: readonly boolean[]): number[] {
  const { shape } = tensor.candidate;
  if (mask.kind === 'same' || mask.kind === 'values' || mask.kind === 'int8')
    throw new Error('What it takes is not in the tensor.');
  if (mask.kind === 'slices') {
    const gone = mask.cuts.flatMap(({ axis, indices }) => indices.flatMap((index) => rowsOf(shape, [axis])[index]!));
    return tensor.values.flatMap((_, element) => (gone.includes(element) ? element : []));
  }
  const { numbers, values } = scoresOf(tensor, mask.score, left);
  if (mask.kind === 'threshold') {
    const ranks = values.map((value) => rank(mask.score, value));
    let tiesLeft = mask.ties;
    const gone = new Set(
      numbers.filter((_, i) => {
        if (!Number.isFinite(ranks[i]) || ranks[i]! > mask.threshold) return false;
        return ranks[i]! < mask.threshold || tiesLeft-- > 0;
      }),
    );
    const elements = tensor.values.map((_, element) => element);
    return elements.filter((element) => left[element] && gone.has(groupOf(shape, mask.score.groups, element)));
  }
  const sets = mask.kind === 'rows' ? rowsOf(shape, mask.axes) : stripsOf(shape, mask.axis, mask.m);
  const rankOf = new Map(numbers.map((element, i) => [element, rank(mask.score, values[i]!)]));
  return sets.flatMap((set) => {
    const there = set.filter((element) => left[element]);
    const count = mask.kind === 'rows' ? mask.count : Math.max(0, there.length - mask.n);
    return there
      .filter((element) => Number.isFinite(rankOf.get(element)))
      .sort((a, b) => rankOf.get(a)! - rankOf.get(b)!)
      .slice(0, count);
  });
}

/** What a score is compared by: the 0 makes a -0 positive. */
export function rank(score: Score, value: number): number {
  return (rankingOf(score) === 'magnitude' ? Math.abs(value) : value) + 0;
}

/** The elements of each index of an axis, ascending. */
export function rowsOf(shape: readonly number[], axes: readonly number[]): number[][] {
  const rows = new Map<string, number[]>();
  const count = shape.reduce((product, size) => product * size, 1);
  for (let element = 0; element < count; element++) {
    const key = axes.map((axis) => indexOf(shape, axis, element)).join();
    rows.set(key, [...(rows.get(key) ?? []), element]);
  }
  return [...rows.values()];
}

/** Every whole run of m neighbours along an axis. */
export function stripsOf(shape: readonly number[], axis: number, m: number): number[][] {
  const strips = new Map<string, number[]>();
  const stride = contiguousStrides(shape)[axis]!;
  const count = shape.reduce((product, size) => product * size, 1);
  for (let element = 0; element < count; element++) {
    const index = indexOf(shape, axis, element);
    const key = `${element - index * stride} ${Math.floor(index / m)}`;
    strips.set(key, [...(strips.get(key) ?? []), element]);
  }
  return [...strips.values()].filter((strip) => strip.length === m);
}

export function statisticsOf(dtype: PrunableDtype, values: readonly number[]): TensorStatistics {
  const accumulator = referenceKernels.measure(dtype);
  accumulator.add(bytesOf(dtype, values));
  return accumulator.finish();
}

/** @param others in whose place `tensor` may be masked */
export function answerOf(request: Request, tensor: Tensor, others: readonly Tensor[] = []): Answer {
  const [mask] = request.after;
  const left =
    mask?.kind === 'same'
      ? leftAfter(others.find(({ candidate }) => candidate.id === mask.as)!, mask.program)
      : leftAfter(tensor, request.after);
  const { dtype } = tensor.candidate;
  switch (request.kind) {
    case 'counts': {
      const gone = left.filter((each) => !each).length;
      return { pruned: gone, zeros: tensor.values.filter((value, i) => !left[i] || value === 0).length };
    }
    case 'energies': {
      const finite = tensor.values.filter((value, i) => left[i] && Number.isFinite(value));
      const bins = finite.map((value) => binOf(dtype, Math.abs(value)));
      const firstBin = finite.length === 0 ? 0 : Math.min(...bins);
      const energies = new Float64Array(finite.length === 0 ? 0 : Math.max(...bins) - firstBin + 1);
      finite.forEach((value, i) => {
        energies[bins[i]! - firstBin]! += value * value;
      });
      return { firstBin, energies };
    }
    case 'scores':
      return statisticsOf(scoreDtypeOf(request.score, dtype), scoresOf(tensor, request.score, left).values);
    case 'bin': {
      const scoreDtype = scoreDtypeOf(request.score, dtype);
      const accumulator = referenceKernels.refineBin(scoreDtype, request.bin);
      accumulator.add(bytesOf(scoreDtype, scoresOf(tensor, request.score, left).values));
      return accumulator.finish();
    }
  }
}

/** Scores of groups of weights: which group an element is in, what the norms of groups mean, and which groups go. */
import type { Grouping, GroupNorms, Kernels } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { factsOf } from '../../pruning/criteria/criteria';
import { inForce, type Placement, type Program, requestKey } from '../../pruning/resolution';
import { type Score, type ScoredGroups, scoreDtypeOf } from '../../pruning/score';
import type { PrunableDtype } from '../../tensors/dtype';
import { elementBytes } from '../../tensors/elements';
import { roundToDtype } from '../../tensors/half';
import { randomScore, streamOf } from '../../tensors/random';
import type { RefinedBin, TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { Unit } from '../reading/units';

export interface GroupScores {
  readonly dtype: PrunableDtype;
  /** By group, rounded to `dtype`; NaN where a weight that is left is not finite: such a group never goes. */
  readonly scores: Float64Array;
  /** 0 for groups of which nothing is left. */
  readonly left: Uint8Array;
}

/** More groups than this are as many numbers as a tensor: what is ranked then are weights. */
const maxGroups = 2 ** 24;

/** Equal for equal scores of one checkpoint. */
export function groupScoresKey(tensor: TensorId, score: Score, after: Program): string {
  return requestKey({ kind: 'scores', tensor, score, after: inForce(after) });
}

/** @throws CheckpointError `out-of-memory` for too many groups */
export function groupingOf({ shape, strides, name }: Unit, groups: ScoredGroups): Grouping {
  let count = 1;
  const axes = [...groups.axes].reverse().map(({ axis, size: block }) => {
    const size = at(shape, axis);
    const step = count;
    count *= Math.ceil(size / block);
    return { stride: at(strides, axis), size, block, step };
  });
  if (axes.length > 1 && count > maxGroups) {
    throw new CheckpointError('out-of-memory', `${name} has ${count} groups, and ${maxGroups} can be ranked.`, {
      tensor: name,
      advice: 'Choose larger blocks, or prune single weights.',
    });
  }
  return { axes: axes.reverse(), count };
}

/** Whether groups are drawn themselves, and their weights only have to be finite. */
export function areDrawn({ criterion }: Score): boolean {
  return factsOf(criterion).ofGroups === 'draws';
}

/** The p of the norm that scores a group; of drawn ones any will do that tells the finite from the others. */
export function normOrderOf(score: Score): number {
  if (areDrawn(score)) return 0;
  const norm = score.groups?.norm ?? 1;
  if (norm === 'inf') return Number.POSITIVE_INFINITY;
  return norm === '-inf' ? Number.NEGATIVE_INFINITY : norm;
}

/** What the norms of order `normOrderOf` come to. */
export function groupScoresOf(unit: Unit, score: Score, { norms, counts }: GroupNorms): GroupScores {
  const dtype = scoreDtypeOf(score, unit.dtype);
  // Plain loops here and below: there may be millions of groups.
  const scores = new Float64Array(norms.length);
  for (let group = 0; group < norms.length; group++) scores[group] = roundToDtype(norms[group]!, dtype);
  if (areDrawn(score)) {
    const stream = streamOf(unit.name);
    norms.forEach((norm, group) => {
      if (!Number.isNaN(norm)) scores[group] = randomScore(score.seed ?? 0, stream, group);
    });
  }
  const left = new Uint8Array(counts.length);
  for (let group = 0; group < counts.length; group++) left[group] = counts[group]! > 0 ? 1 : 0;
  return { dtype, scores, left };
}

/** Random scores of groups that are all left and all finite: they take no look at the weights. */
export function untouchedRandomScores(unit: Unit, score: Score): GroupScores {
  const { count } = groupingOf(unit, score.groups!);
  return groupScoresOf(unit, score, { norms: new Float64Array(count), counts: new Uint32Array(count).fill(1) });
}

/** One byte a group: 1 for those at or below the threshold, as far as its ties reach. */
export function goneGroups({ scores, left }: GroupScores, { threshold, ties }: Placement): Uint8Array {
  const gone = new Uint8Array(scores.length);
  let tiesLeft = ties;
  for (let group = 0; group < gone.length; group++) {
    const score = scores[group]!;
    if (left[group] === 0 || !Number.isFinite(score)) continue;
    if (score < threshold || (score === threshold && tiesLeft-- > 0)) gone[group] = 1;
  }
  return gone;
}

export async function groupStatistics(kernels: Kernels, groups: GroupScores): Promise<TensorStatistics> {
  const accumulator = kernels.measure(groups.dtype);
  await accumulator.add(bytesOf(groups));
  return accumulator.finish();
}

export async function refinedGroups(kernels: Kernels, groups: GroupScores, bin: number): Promise<RefinedBin> {
  const accumulator = kernels.refineBin(groups.dtype, bin);
  await accumulator.add(bytesOf(groups));
  return accumulator.finish();
}

/** The scores of groups that have anything left, as elements. */
function bytesOf({ dtype, scores, left }: GroupScores): Uint8Array {
  const some = new Float64Array(scores.length);
  let count = 0;
  for (let group = 0; group < scores.length; group++) if (left[group] === 1) some[count++] = scores[group]!;
  return elementBytes(dtype, some.subarray(0, count));
}

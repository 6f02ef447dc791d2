/** Questions that the fine histograms of one tensor or several answer without touching a weight. */
import type { Ranking } from './ranking';
import {
  fineBinOf,
  gridOf,
  type MeasuredTensor,
  roundThreshold,
  scoreBinOf,
  scoreBinsOf,
  scoreHigh,
  scoreLow,
} from './scoreBins';
import { countUpToBin, scoreCountsOf } from './scoreCounts';
import { type RefinedBinOf, valuesIn } from './scoreValues';

export { binsAt, type DisplayBins, displayBins, type Sparkline, sparkline } from './display';
export type { MeasuredTensor } from './scoreBins';

export interface Count {
  /** Finite weights whose score is at or below the threshold. */
  readonly count: number;
  /** False: the threshold lies inside a bin nobody has looked into, and `count` is interpolated. */
  readonly exact: boolean;
  /** The fine bin that holds the threshold: the one to look into. */
  readonly bin: number;
}

/**
 * How many weights a threshold prunes. Exact at the last value of a bin (see snapToBin), always for f16 and bf16, and
 * where the bin is refined or nothing is in it.
 * @param threshold is rounded to the tensor's dtype
 */
export function countAtOrBelow(
  tensor: MeasuredTensor,
  ranking: Ranking,
  threshold: number,
  refinedBinOf: RefinedBinOf = () => undefined,
): Count {
  const { dtype, statistics } = tensor;
  const rounded = roundThreshold(threshold, dtype);
  if (rounded === undefined) return { count: 0, exact: true, bin: 0 };
  const counts = scoreCountsOf(statistics, ranking);
  const scoreBin = scoreBinOf(dtype, rounded);
  const bin = fineBinOf(scoreBin);
  const upTo = counts.upTo(scoreBin);
  const high = scoreHigh(dtype, scoreBin);
  if (rounded >= high || counts.in(scoreBin) === 0) return { count: upTo, exact: true, bin };
  if (rounded === 0) return { count: counts.belowZero + statistics.zeros, exact: true, bin };
  const below = counts.upTo(scoreBin - 1);
  const values = valuesIn(tensor, ranking, dtype, scoreBin, refinedBinOf);
  if (values) return { count: below + values.countAtOrBelow(rounded), exact: true, bin };
  const low = scoreLow(dtype, scoreBin);
  return { count: below + Math.round((upTo - below) * ((rounded - low) / (high - low))), exact: false, bin };
}

/** Finite weights of all tensors at or before a bin of their grid. */
function countUpTo(tensors: readonly MeasuredTensor[], ranking: Ranking, gridBin: number): number {
  const grid = gridOf(tensors);
  let count = 0;
  for (const tensor of tensors) count += countUpToBin(tensor, ranking, grid, gridBin);
  return count;
}

/**
 * The score bin of the tensors' common grid (see scoreBins.ts) that holds the k-th smallest score.
 * @param k from 1 to the number of finite weights
 */
export function binForCount(tensors: readonly MeasuredTensor[], ranking: Ranking, k: number): number {
  let { first, last } = scoreBinsOf(gridOf(tensors), ranking);
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if (countUpTo(tensors, ranking, middle) >= k) last = middle;
    else first = middle + 1;
  }
  return first;
}

/** The nearest last value of a bin of the tensors' common grid, or 0: where a dragged handle stops, and counts are exact. */
export function snapToBin(tensors: readonly MeasuredTensor[], ranking: Ranking, threshold: number): number {
  if (threshold === 0 || (ranking === 'magnitude' && threshold < 0)) return 0;
  const grid = gridOf(tensors);
  const rounded = roundThreshold(threshold, grid) ?? scoreLow(grid, scoreBinsOf(grid, ranking).first);
  const { first } = scoreBinsOf(grid, ranking);
  const bin = Math.max(first, scoreBinOf(grid, rounded));
  const [before, after] = [scoreHigh(grid, Math.max(first, bin - 1)), scoreHigh(grid, bin)];
  return threshold - before < after - threshold ? before : after;
}

/**
 * The last value of a bin up to which the share of weights comes nearest to `sparsity`; 0 where that much is zero already.
 * @param sparsity of all weights, those that are NaN or infinite too; 0 to 1
 */
export function thresholdForSparsity(tensors: readonly MeasuredTensor[], ranking: Ranking, sparsity: number): number {
  const grid = gridOf(tensors);
  const wanted = sparsity * tensors.reduce((sum, { statistics }) => sum + statistics.count, 0);
  const zeros = tensors.reduce((sum, { statistics }) => sum + statistics.zeros, 0);
  if (ranking === 'magnitude' && wanted <= zeros) return 0;
  const { first, last } = scoreBinsOf(grid, ranking);
  const finite = countUpTo(tensors, ranking, last);
  if (finite === 0) return 0;
  const bin = binForCount(tensors, ranking, Math.min(finite, Math.max(1, Math.ceil(wanted))));
  if (bin === first) return scoreHigh(grid, bin);
  const below = countUpTo(tensors, ranking, bin - 1);
  const isBelowNearer = wanted - below < countUpTo(tensors, ranking, bin) - wanted;
  return scoreHigh(grid, isBelowNearer ? bin - 1 : bin);
}

/** How many scores of a tensor lie in and before each bin: prefix sums of its fine histogram. */

import type { PrunableDtype } from '../tensors/dtype';
import type { TensorStatistics } from '../tensors/statistics';
import type { Ranking } from './ranking';
import { lastBinWithin, type MeasuredTensor } from './scoreBins';

export class ScoreCounts {
  /** Finite scores. */
  readonly total: number;
  /** Those below 0. */
  readonly belowZero: number;
  /** Fine bins `[firstBin, firstBin + bins)` are occupied. */
  private readonly firstBin: number;
  private readonly bins: number;
  /** Positions of the bins below zero; those from zero up follow. 0 for magnitudes. */
  private readonly negativeBins: number;
  private readonly sums: Uint32Array | Float64Array;

  constructor({ count, histogram }: TensorStatistics, ranking: Ranking) {
    const { firstBin, positive, negative } = histogram;
    const bins = positive.length;
    const isSigned = ranking === 'signed';
    const sums = new (count < 2 ** 32 ? Uint32Array : Float64Array)(isSigned ? 2 * bins : bins);
    let sum = 0;
    let at = 0;
    if (isSigned) for (let i = bins - 1; i >= 0; i--) sums[at++] = sum += negative[i]!;
    this.belowZero = sum;
    if (isSigned) for (let i = 0; i < bins; i++) sums[at++] = sum += positive[i]!;
    else for (let i = 0; i < bins; i++) sums[at++] = sum += positive[i]! + negative[i]!;
    this.total = sum;
    this.firstBin = firstBin;
    this.bins = bins;
    this.negativeBins = isSigned ? bins : 0;
    this.sums = sums;
  }

  /** Scores in `scoreBin` and in all bins before it. */
  upTo(scoreBin: number): number {
    const position = this.positionOf(scoreBin);
    return position < 0 ? 0 : this.sums[position]!;
  }

  in(scoreBin: number): number {
    return this.upTo(scoreBin) - this.upTo(scoreBin - 1);
  }

  /** Of the last bin at or before `scoreBin` that has a sum; -1 when there is none. */
  private positionOf(scoreBin: number): number {
    if (scoreBin < 0) return Math.max(-1, this.negativeBins - 1 + Math.min(0, scoreBin + 1 + this.firstBin));
    return this.negativeBins - 1 + Math.max(0, Math.min(this.bins, scoreBin + 1 - this.firstBin));
  }
}

const cache = new WeakMap<TensorStatistics, Map<Ranking, ScoreCounts>>();

/** Made once for each tensor and ranking. */
export function scoreCountsOf(statistics: TensorStatistics, ranking: Ranking): ScoreCounts {
  const known = cache.get(statistics)?.get(ranking);
  if (known) return known;
  const made = new ScoreCounts(statistics, ranking);
  const ofTensor = cache.get(statistics) ?? new Map<Ranking, ScoreCounts>();
  cache.set(statistics, ofTensor.set(ranking, made));
  return made;
}

/** Scores of a tensor at or before a bin of the grid (see gridOf). */
export function countUpToBin(tensor: MeasuredTensor, ranking: Ranking, grid: PrunableDtype, gridBin: number): number {
  return scoreCountsOf(tensor.statistics, ranking).upTo(lastBinWithin(tensor.dtype, grid, gridBin));
}

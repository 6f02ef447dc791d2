/** The scores inside one bin, as far as they are known without and with the refining pass. */
import type { PrunableDtype } from '../tensors/dtype';
import type { RefinedBin } from '../tensors/statistics';
import type { Ranking } from './ranking';
import { fineBinOf, lastBinWithin, type MeasuredTensor, scoreHigh } from './scoreBins';
import { scoreCountsOf } from './scoreCounts';

/** Looks up a fine bin of one tensor. */
export type RefinedBinOf = (bin: number) => RefinedBin | undefined;

/** Distinct scores, ascending, with how often each occurs. */
export class ScoreValues {
  readonly scores: ArrayLike<number>;
  /** sums[i]: how many are at or below scores[i]. */
  readonly sums: ArrayLike<number>;

  constructor(scores: ArrayLike<number>, counts: ArrayLike<number>) {
    this.scores = scores;
    const sums = new Float64Array(counts.length);
    let sum = 0;
    for (let i = 0; i < sums.length; i++) sums[i] = sum += counts[i]!;
    this.sums = sums;
  }

  countBelow(score: number): number {
    return this.sumBefore(this.firstWhere((each) => each >= score));
  }

  countAtOrBelow(score: number): number {
    return this.sumBefore(this.firstWhere((each) => each > score));
  }

  private sumBefore(index: number): number {
    return index === 0 ? 0 : this.sums[index - 1]!;
  }

  /** Index of the first score that is far enough, the length when none is. */
  private firstWhere(isFarEnough: (score: number) => boolean): number {
    let [low, high] = [0, this.scores.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isFarEnough(this.scores[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The scores of a tensor in a bin of the grid (see gridOf); undefined while nobody has looked into it. */
export function valuesIn(
  tensor: MeasuredTensor,
  ranking: Ranking,
  grid: PrunableDtype,
  gridBin: number,
  refinedBinOf: RefinedBinOf,
): ScoreValues | undefined {
  const { dtype, statistics } = tensor;
  const counts = scoreCountsOf(statistics, ranking);
  if (dtype === 'F16' || dtype === 'BF16') {
    // A bin is one value.
    const first = lastBinWithin(dtype, grid, gridBin - 1) + 1;
    const bins = Array.from({ length: lastBinWithin(dtype, grid, gridBin) + 1 - first }, (_, i) => first + i);
    return new ScoreValues(
      bins.map((bin) => scoreHigh(dtype, bin)),
      bins.map((bin) => counts.in(bin)),
    );
  }
  const count = counts.in(gridBin);
  if (count === 0) return new ScoreValues([], []);
  // A model that was pruned before: whatever is in the first bin is zero.
  if (gridBin === 0 && count === statistics.zeros) return new ScoreValues([0], [count]);
  const refined = refinedBinOf(fineBinOf(gridBin));
  return refined && scoreValuesOf(refined, ranking === 'magnitude' ? 'either' : gridBin < 0 ? 'negative' : 'positive');
}

/** Which weights of a magnitude bin are meant. */
type Sign = 'either' | 'negative' | 'positive';

const cache = new WeakMap<RefinedBin, Map<Sign, ScoreValues>>();

/** Made once for each bin and sign: thresholds are looked up in every frame of a drag. */
function scoreValuesOf(refined: RefinedBin, sign: Sign): ScoreValues {
  const known = cache.get(refined)?.get(sign);
  if (known) return known;
  const made = makeScoreValues(refined, sign);
  const ofBin = cache.get(refined) ?? new Map<Sign, ScoreValues>();
  cache.set(refined, ofBin.set(sign, made));
  return made;
}

function makeScoreValues({ magnitudes, positive, negative }: RefinedBin, sign: Sign): ScoreValues {
  switch (sign) {
    case 'either':
      return new ScoreValues(magnitudes, sumsOf(positive, negative));
    case 'positive':
      return new ScoreValues(magnitudes, positive);
    case 'negative':
      return new ScoreValues(magnitudes.map((magnitude) => -magnitude).reverse(), negative.slice().reverse());
  }
}

/** A plain loop: a global amount goes through a bin of each tensor, on the page. */
function sumsOf(positive: ArrayLike<number>, negative: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(positive.length);
  for (let i = 0; i < sums.length; i++) sums[i] = positive[i]! + negative[i]!;
  return sums;
}

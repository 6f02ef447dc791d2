/** The scores of the tensors in scope taken together: what the plot draws and where the handle may stop. */
import { binsAt, countAtOrBelow, type DisplayBins, snapToBin, thresholdForSparsity } from '../../../pruning/histogram';
import type { Ranking } from '../../../pruning/ranking';
import type { MeasuredTensor } from '../../../pruning/scoreBins';
import type { MeasuredLayer } from '../../../state/reach';
import type { TensorStatistics } from '../../../tensors/statistics';
import { type Axis, type Stretch, type Values, weightAt } from './domain';

/** The axis shows this share of the weights and as much room again as `margin` says, where the rest is far away. */
const centralShare = 0.999;
const margin = 1.25;
/** How many times as far the largest weight has to be for the axis to leave it out. */
const farAway = 1.5;
/** A logarithmic axis begins where this share of the weights that are not zero is nearer to zero. */
const leastShare = 0.0005;
/** It has a decade at least, and so many at most. */
const mostDecades = 8;

export class Distribution {
  readonly layers: readonly MeasuredLayer[];
  private readonly tensors: readonly MeasuredTensor[];
  /** Scores there are: one for each weight, or for each group of weights. */
  readonly count: number;
  /** Scores that are exactly zero. */
  readonly zeros: number;
  readonly nan: number;
  readonly inf: number;
  /** Largest magnitude; 1 where there is none but zero. */
  readonly radius: number;
  /** The same, unless a few outliers would squeeze everything else into a few pixels. */
  readonly centralRadius: number;

  /**
   * @param layers with at least one finite weight
   * @param tensors their scores, in the same order, where these are not the weights themselves
   */
  constructor(layers: readonly MeasuredLayer[], tensors: readonly MeasuredTensor[] = layers) {
    const sum = (count: (statistics: TensorStatistics) => number) =>
      tensors.reduce((total, { statistics }) => total + count(statistics), 0);
    this.layers = layers;
    this.tensors = tensors;
    this.count = sum(({ count }) => count);
    this.zeros = sum(({ zeros }) => zeros);
    this.nan = sum(({ nan }) => nan);
    this.inf = sum(({ inf }) => inf);
    this.radius = tensors.reduce((most, { statistics }) => Math.max(most, magnitudeOf(statistics)), 0) || 1;
    const central = margin * this.thresholdFor('magnitude', centralShare);
    this.centralRadius = central > 0 && central * farAway < this.radius ? central : this.radius;
  }

  /** The longest axis: from one end of the scores to the other, or of their magnitudes. */
  stretch(values: Values): Stretch {
    // The end of the last fine bin: a handle there prunes all.
    const high = this.ceiling('magnitude') || this.radius;
    if (values !== 'log') return { low: values === 'signed' ? -high : 0, high, isLog: false };
    const finite = this.count - this.nan - this.inf;
    const share = (this.zeros + leastShare * (finite - this.zeros)) / this.count;
    const low = this.thresholdFor('magnitude', share);
    return { low: Math.min(high / 10, Math.max(high / 10 ** mostDecades, low)), high, isLog: true };
  }

  /** Histogram over the axis, its counts exact. @param bars about so many */
  bins(values: Values, axis: Axis, bars: number): DisplayBins {
    const edges = Array.from({ length: bars + 1 }, (_, i) => weightAt(axis, (i / bars) * axis.width));
    return binsAt(this.tensors, values === 'signed', edges);
  }

  /** Finite scores that an axis to ±radius does not show. */
  beyond(radius: number): number {
    return this.count - this.nan - this.inf - this.prunedBy('magnitude', radius);
  }

  /** Scores on the axis, about. */
  countOn(values: Values, { low, high }: Pick<Axis, 'low' | 'high'>): number {
    const ranking = values === 'signed' ? 'signed' : 'magnitude';
    const before = ranking === 'magnitude' && low <= 0 ? 0 : this.prunedBy(ranking, low);
    return this.prunedBy(ranking, high) - before;
  }

  /** Share of all scores. */
  prunedShare(ranking: Ranking, threshold: number): number {
    return this.prunedBy(ranking, threshold) / this.count;
  }

  private prunedBy(ranking: Ranking, threshold: number): number {
    return this.tensors.reduce((sum, tensor) => sum + countAtOrBelow(tensor, ranking, threshold).count, 0);
  }

  /** The threshold that prunes nothing that is not zero already. */
  floor(ranking: Ranking): number {
    return ranking === 'magnitude' ? 0 : thresholdForSparsity(this.tensors, ranking, 0);
  }

  /** The least threshold that prunes every finite score. */
  ceiling(ranking: Ranking): number {
    return thresholdForSparsity(this.tensors, ranking, 1);
  }

  /** The one that prunes nearest to a share of all scores, among those where figures are exact. */
  thresholdFor(ranking: Ranking, sparsity: number): number {
    const isZerosAlone = ranking === 'magnitude' && sparsity * this.count <= this.zeros;
    return isZerosAlone ? 0 : thresholdForSparsity(this.tensors, ranking, sparsity);
  }

  /** The nearest threshold at which figures are exact: the last value of a bin, or a magnitude of 0. */
  snap(ranking: Ranking, threshold: number): number {
    return ranking === 'magnitude' && threshold <= 0 ? 0 : snapToBin(this.tensors, ranking, threshold);
  }
}

/** The largest of a tensor, 0 where no weight is finite. */
function magnitudeOf({ min, max }: TensorStatistics): number {
  return Number.isNaN(max) ? 0 : Math.max(-min, max);
}

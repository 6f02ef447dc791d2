/** The weights of the tensors in scope taken together: what the plot draws and where the handle may stop. */
import {
  countAtOrBelow,
  type DisplayBins,
  displayBins,
  snapToBin,
  thresholdForSparsity,
} from '../../../pruning/histogram';
import type { Criterion } from '../../../pruning/recipe';
import type { TensorStatistics } from '../../../tensors/statistics';
import type { MeasuredLayer } from '../editScope';
import type { Values } from './domain';

/** The axis shows this share of the weights and as much room again as `margin` says, where the rest is far away. */
const centralShare = 0.999;
const margin = 1.25;
/** How many times as far the largest weight has to be for the axis to leave it out. */
const farAway = 1.5;

export class Distribution {
  readonly layers: readonly MeasuredLayer[];
  readonly weights: number;
  /** Weights that are exactly zero. */
  readonly zeros: number;
  readonly nan: number;
  readonly inf: number;
  /** Largest magnitude; 1 where there is none but zero. */
  readonly radius: number;
  /** The same, unless a few outliers would squeeze everything else into a few pixels. */
  readonly centralRadius: number;

  /** @param layers with at least one finite weight */
  constructor(layers: readonly MeasuredLayer[]) {
    const sum = (count: (statistics: TensorStatistics) => number) =>
      layers.reduce((total, { statistics }) => total + count(statistics), 0);
    this.layers = layers;
    this.weights = sum(({ count }) => count);
    this.zeros = sum(({ zeros }) => zeros);
    this.nan = sum(({ nan }) => nan);
    this.inf = sum(({ inf }) => inf);
    this.radius = layers.reduce((most, { statistics }) => Math.max(most, magnitudeOf(statistics)), 0) || 1;
    const central = margin * this.thresholdFor('magnitude', centralShare);
    this.centralRadius = central > 0 && central * farAway < this.radius ? central : this.radius;
  }

  /** Histogram over the axis, its counts exact. */
  bins(values: Values, radius: number, bins: number): DisplayBins {
    return displayBins(this.layers, { signed: values === 'signed', bins, radius });
  }

  /** Finite weights that an axis to ±radius does not show. */
  beyond(radius: number): number {
    return this.weights - this.nan - this.inf - this.prunedBy('magnitude', radius);
  }

  /** Share of all weights. */
  prunedShare(criterion: Criterion, threshold: number): number {
    return this.prunedBy(criterion, threshold) / this.weights;
  }

  private prunedBy(criterion: Criterion, threshold: number): number {
    return this.layers.reduce((sum, layer) => sum + countAtOrBelow(layer, criterion, threshold).count, 0);
  }

  /** The threshold that prunes nothing that is not zero already. */
  floor(criterion: Criterion): number {
    return criterion === 'magnitude' ? 0 : thresholdForSparsity(this.layers, criterion, 0);
  }

  /** The least threshold that prunes every finite weight. */
  ceiling(criterion: Criterion): number {
    return thresholdForSparsity(this.layers, criterion, 1);
  }

  /** The one that prunes nearest to a share of all weights, among those where figures are exact. */
  thresholdFor(criterion: Criterion, sparsity: number): number {
    const isZerosAlone = criterion === 'magnitude' && sparsity * this.weights <= this.zeros;
    return isZerosAlone ? 0 : thresholdForSparsity(this.layers, criterion, sparsity);
  }

  /** The nearest threshold at which figures are exact: the last value of a bin, or a magnitude of 0. */
  snap(criterion: Criterion, threshold: number): number {
    return criterion === 'magnitude' && threshold <= 0 ? 0 : snapToBin(this.layers, criterion, threshold);
  }
}

/** The largest of a tensor, 0 where no weight is finite. */
function magnitudeOf({ min, max }: TensorStatistics): number {
  return Number.isNaN(max) ? 0 : Math.max(-min, max);
}

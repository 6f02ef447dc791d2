/**
 * Layer-adaptive magnitude pruning (Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning"): a
 * weight's score is `w² / sum of v²` over the weights v of its tensor with |v| >= |w|. Scores rise with the magnitude,
 * so all there is to find is how many of each tensor are among the k lowest. Sums of squares by fine bin enclose the
 * scores of a bin's weights; where that leaves open which side of the k-th score they are on, the bin is looked into.
 */
import { binHigh, binLow } from '../tensors/bins';
import type { BinEnergies } from '../tensors/statistics';
import { type ScoreCounts, scoreCountsOf } from './scoreCounts';
import { valuesIn } from './scoreValues';
import type { Ranked } from './select';

/** A tensor's magnitudes, none of them removed yet. */
export interface LampTensor extends Ranked {
  readonly energies: BinEnergies;
}

export interface LampCounts {
  /** How many of the lowest magnitudes of each tensor go: k together, also while they are estimates. */
  readonly counts: readonly number[];
  /** Of each tensor, the fine bins to look into before the counts are final. */
  readonly pending: readonly (readonly number[])[];
}

interface Counted {
  readonly tensors: readonly LampTensor[];
  readonly k: number;
  readonly counts: LampCounts;
}

/** The last final counts, by the sums of the first tensor: while others are dragged these are asked for in every frame. */
const cache = new WeakMap<BinEnergies, Counted>();

/** @param k not above the room there is in all tensors together; equal scores go in order of tensors */
export function lampCounts(tensors: readonly LampTensor[], k: number): LampCounts {
  const known = tensors[0] && cache.get(tensors[0].energies);
  if (known?.k === k && isSame(known.tensors, tensors)) return known.counts;
  const counts = countLowest(tensors, k);
  if (tensors[0] && counts.pending.every((bins) => bins.length === 0)) {
    cache.set(tensors[0].energies, { tensors, k, counts });
  }
  return counts;
}

function isSame(a: readonly LampTensor[], b: readonly LampTensor[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ energies, statistics, room }, i) => {
      const other = b[i]!;
      return energies === other.energies && statistics === other.statistics && room === other.room;
    })
  );
}

function countLowest(tensors: readonly LampTensor[], k: number): LampCounts {
  const layers = tensors.map((tensor) => new LampLayer(tensor));
  if (k <= 0) return { counts: layers.map(() => 0), pending: layers.map(() => []) };
  const sumOf = (count: (layer: LampLayer) => number) => layers.reduce((sum, layer) => sum + count(layer), 0);
  // The k-th score is above `low`, and not above `high`.
  const low = lastWhere((score) => sumOf((layer) => layer.mostUpTo(score)) < k);
  const high = firstWhere((score) => sumOf((layer) => layer.leastUpTo(score)) >= k);
  const pending = layers.map((layer) => layer.openBins(low, high));
  if (pending.some((bins) => bins.length > 0)) return { counts: estimated(layers, k, low, high), pending };

  const [below, at] = neighbours(low, high, (score) => sumOf((layer) => layer.leastUpTo(score)) >= k);
  const lower = layers.map((layer) => layer.leastUpTo(below));
  let needed = lower.reduce((rest, count) => rest - count, k);
  const counts = layers.map((layer, i) => {
    const ties = Math.min(needed, layer.leastUpTo(at) - lower[i]!);
    needed -= ties;
    return lower[i]! + ties;
  });
  return { counts, pending };
}

/** The lowest score for which it holds, `high` at most, and the double before it. */
function neighbours(low: number, high: number, holds: (score: number) => boolean): [number, number] {
  if (high === 0) return [-1, 0];
  let [below, at] = [Math.max(0, low), high];
  for (;;) {
    const middle = below / 2 + at / 2;
    if (middle <= below || middle >= at) return [below, at];
    if (holds(middle)) at = middle;
    else below = middle;
  }
}

/** As if the scores in open bins were spread evenly. */
function estimated(layers: readonly LampLayer[], k: number, low: number, high: number): number[] {
  const certain = layers.map((layer) => layer.leastUpTo(low));
  const possible = layers.map((layer, i) => layer.mostUpTo(high) - certain[i]!);
  const needed = certain.reduce((rest, count) => rest - count, k);
  const open = possible.reduce((sum, count) => sum + count, 0);
  let running = 0;
  return layers.map((_, i) => {
    const before = Math.round(needed * (running / open));
    running += possible[i]!;
    return certain[i]! + Math.round(needed * (running / open)) - before;
  });
}

/** Halvings of the exponent: closer than the width of a bin by far. */
const halvings = 40;
/** Squares of the smallest doubles have no logarithm below this one. */
const least = -2200;

/** About the highest score for which it holds, from below; -1 where it does not hold for 0. */
function lastWhere(holds: (score: number) => boolean): number {
  if (!holds(0)) return -1;
  let [low, high] = [least, 0];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (holds(2 ** middle)) low = middle;
    else high = middle;
  }
  return 2 ** low;
}

/** About the lowest score for which it holds, from above. */
function firstWhere(holds: (score: number) => boolean): number {
  if (holds(0)) return 0;
  let [low, high] = [least, 0];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (holds(2 ** middle)) high = middle;
    else low = middle;
  }
  return 2 ** high;
}

/** One tensor's scores, enclosed by bin. */
class LampLayer {
  private readonly tensor: LampTensor;
  private readonly counts: ScoreCounts;
  private readonly first: number;
  private readonly bins: number;
  /** tails[i]: sum of squares of bin `first + i` and all above it. */
  private readonly tails: Float64Array;
  private readonly largest: number;
  private readonly points = new Map<number, LampPoints | undefined>();

  constructor(tensor: LampTensor) {
    const { firstBin, positive } = tensor.statistics.histogram;
    const { min, max } = tensor.statistics;
    this.tensor = tensor;
    this.counts = scoreCountsOf(tensor.statistics, 'magnitude');
    this.first = firstBin;
    this.bins = positive.length;
    this.tails = tailsOf(tensor.energies, firstBin, this.bins);
    this.largest = Math.max(max, -min);
  }

  /** Weights whose score is certainly not above `score`, as far as there is room. */
  leastUpTo(score: number): number {
    return this.upTo(score, (bin) => (this.highest(bin) <= score ? this.counts.in(bin) : 0));
  }

  /** Weights whose score may be at or below `score`, as far as there is room. */
  mostUpTo(score: number): number {
    return this.upTo(score, (bin) => this.counts.in(bin));
  }

  /** Bins with weights of which it is open on which side of the k-th score they are, given that it lies in `(low, high]`. */
  openBins(low: number, high: number): number[] {
    // Full before there is a doubt: the k-th score is not its.
    if (this.leastUpTo(low) >= this.tensor.room) return [];
    const open: number[] = [];
    for (let bin = this.lastUpTo(high); bin >= this.first && this.highest(bin) > low; bin--) {
      if (this.counts.in(bin) > 0 && !this.pointsIn(bin)) open.push(bin);
    }
    return open;
  }

  private upTo(score: number, countUnknown: (bin: number) => number): number {
    const bin = this.lastUpTo(score);
    if (bin < this.first) return 0;
    const points = this.pointsIn(bin);
    const inBin = points ? points.countUpTo(score) : countUnknown(bin);
    return Math.min(this.tensor.room, this.counts.upTo(bin - 1) + inBin);
  }

  /** The last bin whose lowest possible score is not above `score`; all scores in bins before it are below that. */
  private lastUpTo(score: number): number {
    let [low, high] = [0, this.bins];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.lowest(this.first + middle) <= score) low = middle + 1;
      else high = middle;
    }
    return this.first + low - 1;
  }

  /** That of its smallest weight, to whose sum all others of the bin belong. */
  private lowest(bin: number): number {
    return quotient(binLow(this.tensor.dtype, bin) ** 2, this.tailFrom(bin));
  }

  /** That of its largest weight, which is in its own sum. */
  private highest(bin: number): number {
    const square = Math.min(this.largest, binHigh(this.tensor.dtype, bin)) ** 2;
    return quotient(square, square + this.tailFrom(bin + 1));
  }

  private tailFrom(bin: number): number {
    return this.tails[bin - this.first] ?? 0;
  }

  /** The scores in a bin; undefined while nobody has looked into it. */
  private pointsIn(bin: number): LampPoints | undefined {
    if (this.points.has(bin)) return this.points.get(bin);
    const { dtype, refinedBinOf } = this.tensor;
    const values = valuesIn(this.tensor, 'magnitude', dtype, bin, refinedBinOf);
    const points = values && new LampPoints(values.scores, values.sums, this.tailFrom(bin + 1));
    this.points.set(bin, points);
    return points;
  }
}

/** Sums from the top down, over the bins that the histogram has. */
function tailsOf({ firstBin, energies }: BinEnergies, first: number, bins: number): Float64Array {
  const tails = new Float64Array(bins);
  let sum = 0;
  for (let i = bins - 1; i >= 0; i--) tails[i] = sum += energies[first + i - firstBin] ?? 0;
  return tails;
}

/** Of a sum of squares that contains the square; zeros score 0. */
function quotient(square: number, sum: number): number {
  return sum > 0 ? Math.min(1, square / sum) : 0;
}

/** The scores of a bin whose magnitudes are known. */
class LampPoints {
  private readonly scores: Float64Array;
  private readonly sums: ArrayLike<number>;

  constructor(magnitudes: ArrayLike<number>, sums: ArrayLike<number>, tail: number) {
    this.scores = new Float64Array(magnitudes.length);
    this.sums = sums;
    let sum = tail;
    for (let i = magnitudes.length - 1; i >= 0; i--) {
      const square = magnitudes[i]! ** 2;
      sum += square * (sums[i]! - (sums[i - 1] ?? 0));
      this.scores[i] = quotient(square, sum);
    }
  }

  countUpTo(score: number): number {
    let [low, high] = [0, this.scores.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.scores[middle]! <= score) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.sums[low - 1]!;
  }
}

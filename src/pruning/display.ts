/** Histograms for drawing: counts over edges that lie on fine bins, so that they are exact. */
import { at } from '../lib/known';
import type { PrunableDtype } from '../tensors/dtype';
import type { TensorStatistics } from '../tensors/statistics';
import type { Ranking } from './ranking';
import { gridOf, largest, type MeasuredTensor, scoreBinOf, scoreBinsOf, scoreHigh, scoreLow } from './scoreBins';
import { countUpToBin, type ScoreCounts, scoreCountsOf } from './scoreCounts';

export interface DisplayBins {
  /** Ascending, one more than counts. */
  readonly edges: Float64Array;
  /** `numpy.histogram(weights, edges)`: half-open intervals `[edge, next edge)`, but the last one closed. */
  readonly counts: Float64Array;
}

export interface DisplayOptions {
  /** True: the weights, over [-radius, radius]. False: their magnitudes, over [0, radius]. */
  readonly signed: boolean;
  /** About how many; fewer where fine bins are wider. */
  readonly bins: number;
  /** Absent or 0: the largest magnitude. The outer edges lie at it or just beyond. */
  readonly radius?: number;
}

/** The weights of all tensors in bins of about equal width, as `binsAt` has them. */
export function displayBins(tensors: readonly MeasuredTensor[], options: DisplayOptions): DisplayBins {
  const radius = Math.min(options.radius || largestMagnitude(tensors) || 1, largest(gridOf(tensors)));
  const start = options.signed ? -radius : 0;
  const wanted = (i: number) => (i === options.bins ? radius : start + (i / options.bins) * (radius - start));
  return binsAt(
    tensors,
    options.signed,
    Array.from({ length: options.bins + 1 }, (_, i) => wanted(i)),
  );
}

/**
 * The weights of all tensors, or their magnitudes, in bins between edges. Each edge is the lowest value of a fine bin of
 * the tensors' common grid, except the last, which is the highest of its bin: no weight lies between an edge and where
 * it was asked for without being counted on the right side.
 *
 * @param wanted edges, ascending, at least two; where fine bins are wider some of them fall together. The outer ones lie
 *   where they were asked for or just beyond
 */
export function binsAt(tensors: readonly MeasuredTensor[], signed: boolean, wanted: readonly number[]): DisplayBins {
  const ranking: Ranking = signed ? 'signed' : 'magnitude';
  const grid = gridOf(tensors);
  const most = largest(grid);
  const binOf = (edge: number) => scoreBinOf(grid, Math.min(most, Math.max(-most, edge)));
  const last = binOf(at(wanted, wanted.length - 1));
  const starts = [binOf(at(wanted, 0))];
  for (const edge of wanted.slice(1, -1)) {
    const bin = nearestStart(grid, edge);
    const previous = starts.at(-1)!;
    if (bin > previous && bin <= last && scoreLow(grid, bin) > scoreLow(grid, previous)) starts.push(bin);
  }
  const upTo = (bin: number) => {
    let count = 0;
    for (const tensor of tensors) count += countUpToBin(tensor, ranking, grid, bin);
    return count;
  };
  const sums = [...starts.map((bin) => upTo(bin - 1)), upTo(last)];
  return {
    edges: Float64Array.from([...starts.map((bin) => scoreLow(grid, bin)), scoreHigh(grid, last)]),
    counts: Float64Array.from(starts, (_, i) => sums[i + 1]! - sums[i]!),
  };
}

/** Largest finite magnitude; 0 when there is none. */
function largestMagnitude(tensors: readonly MeasuredTensor[]): number {
  let most = 0;
  for (const { statistics } of tensors) {
    const { min, max } = statistics;
    if (!Number.isNaN(max)) most = Math.max(most, max, -min);
  }
  return most;
}

/** The score bin whose lowest value is nearest to `value`. */
function nearestStart(grid: PrunableDtype, value: number): number {
  const bin = scoreBinOf(grid, value);
  return value - scoreLow(grid, bin) <= scoreLow(grid, bin + 1) - value ? bin : bin + 1;
}

export interface Sparkline {
  /** How many weights there are around each of evenly spaced points of [-radius, radius]; the exact zeros are left out. */
  readonly densities: Float32Array;
  /** All but a thousandth of the weights that are not zero are within. */
  readonly radius: number;
}

const sparklineShare = 0.999;

/**
 * The shape of a distribution. Zeros are left out: one point of them would flatten the rest of a pruned layer.
 * @param points from 2 up; the first stands at -radius, the last at radius
 */
export function sparkline(statistics: TensorStatistics, dtype: PrunableDtype, points: number): Sparkline {
  const tensor = { statistics: withoutZeros(statistics), dtype };
  const radius = centralRadius(tensor, sparklineShare);
  const densities = new Float32Array(points);
  if (radius === 0) return { densities, radius };
  const counts = scoreCountsOf(tensor.statistics, 'signed');
  const width = (2 * radius) / (points - 1);
  let before = interpolated(counts, dtype, -radius - width / 2);
  for (let i = 0; i < points; i++) {
    const after = interpolated(counts, dtype, -radius + (i + 0.5) * width);
    densities[i] = after - before;
    before = after;
  }
  return { densities, radius };
}

function withoutZeros(statistics: TensorStatistics): TensorStatistics {
  const { zeros, histogram } = statistics;
  if (zeros === 0) return statistics;
  // Where there are zeros, the first occupied bin is theirs.
  const positive = histogram.positive.slice();
  positive[0]! -= zeros;
  return { ...statistics, zeros: 0, histogram: { ...histogram, positive } };
}

/** The magnitude that `share` of the finite weights do not exceed, to the end of its fine bin; 0 without weights. */
function centralRadius({ statistics, dtype }: MeasuredTensor, share: number): number {
  const counts = scoreCountsOf(statistics, 'magnitude');
  if (counts.total === 0) return 0;
  let { first, last } = scoreBinsOf(dtype, 'magnitude');
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if (counts.upTo(middle) >= share * counts.total) last = middle;
    else first = middle + 1;
  }
  return scoreHigh(dtype, first);
}

/** Scores up to `value`, as if they were spread evenly over its bin. */
function interpolated(counts: ScoreCounts, dtype: PrunableDtype, value: number): number {
  if (Math.abs(value) >= largest(dtype)) return value < 0 ? 0 : counts.total;
  const bin = scoreBinOf(dtype, value);
  const [low, next] = [scoreLow(dtype, bin), scoreLow(dtype, bin + 1)];
  const share = next > low ? Math.min(1, Math.max(0, (value - low) / (next - low))) : 1;
  return counts.upTo(bin - 1) + share * counts.in(bin);
}

/** Joins what was found in two parts of one tensor, the earlier one first. Commutative but for rounding. */
import type { BinEnergies, FineHistogram, RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { GroupNorms } from './kernels';
import type { PictureCells } from './picture';

const maxU32 = 2 ** 32 - 1;

/** Moments as Chan, Golub and LeVeque merge them ("Updating Formulae", 1979). */
export function mergeStatistics(a: TensorStatistics, b: TensorStatistics): TensorStatistics {
  const finiteA = a.count - a.nan - a.inf;
  const finiteB = b.count - b.nan - b.inf;
  const exact = {
    count: a.count + b.count,
    zeros: a.zeros + b.zeros,
    nan: a.nan + b.nan,
    inf: a.inf + b.inf,
    histogram: mergeHistograms(a.histogram, b.histogram),
  };
  if (finiteA === 0 || finiteB === 0) {
    const { min, max, mean, std } = finiteA === 0 ? b : a;
    return { ...exact, min, max, mean, std };
  }
  const finite = finiteA + finiteB;
  const distance = b.mean - a.mean;
  const deviations =
    deviationsOf(a.std, finiteA) + deviationsOf(b.std, finiteB) + distance * distance * ((finiteA * finiteB) / finite);
  return {
    ...exact,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean: a.mean + distance * (finiteB / finite),
    std: Math.sqrt(deviations / (finite - 1)),
  };
}

/** Sum of squared deviations from the mean. */
function deviationsOf(std: number, finite: number): number {
  return finite < 2 ? 0 : std * std * (finite - 1);
}

function mergeHistograms(a: FineHistogram, b: FineHistogram): FineHistogram {
  if (a.positive.length === 0) return b;
  if (b.positive.length === 0) return a;
  const firstBin = Math.min(a.firstBin, b.firstBin);
  const length = Math.max(a.firstBin + a.positive.length, b.firstBin + b.positive.length) - firstBin;
  const side = (sign: 'positive' | 'negative') => {
    const sum = new Float64Array(length);
    sum.set(a[sign], a.firstBin - firstBin);
    const offset = b.firstBin - firstBin;
    b[sign].forEach((count, i) => {
      sum[offset + i]! += count;
    });
    return asSmallAsCanBe(sum);
  };
  return { firstBin, positive: side('positive'), negative: side('negative') };
}

function asSmallAsCanBe(counts: Float64Array): Uint32Array | Float64Array {
  return counts.every((count) => count <= maxU32) ? Uint32Array.from(counts) : counts;
}

/** Of the same bin. */
export function mergeRefined(a: RefinedBin, b: RefinedBin): RefinedBin {
  if (a.magnitudes.length === 0) return b;
  if (b.magnitudes.length === 0) return a;
  const longest = a.magnitudes.length + b.magnitudes.length;
  const magnitudes = new Float64Array(longest);
  const positive = new Float64Array(longest);
  const negative = new Float64Array(longest);
  let length = 0;
  for (let atA = 0, atB = 0; atA < a.magnitudes.length || atB < b.magnitudes.length; length++) {
    const magnitudeA = a.magnitudes[atA] ?? Number.POSITIVE_INFINITY;
    const magnitudeB = b.magnitudes[atB] ?? Number.POSITIVE_INFINITY;
    magnitudes[length] = Math.min(magnitudeA, magnitudeB);
    if (magnitudeA <= magnitudeB) {
      positive[length]! += a.positive[atA]!;
      negative[length]! += a.negative[atA++]!;
    }
    if (magnitudeB <= magnitudeA) {
      positive[length]! += b.positive[atB]!;
      negative[length]! += b.negative[atB++]!;
    }
  }
  return {
    bin: a.bin,
    magnitudes: magnitudes.slice(0, length),
    positive: asSmallAsCanBe(positive.subarray(0, length)),
    negative: asSmallAsCanBe(negative.subarray(0, length)),
  };
}

export function mergeEnergies(a: BinEnergies, b: BinEnergies): BinEnergies {
  if (a.energies.length === 0) return b;
  if (b.energies.length === 0) return a;
  const firstBin = Math.min(a.firstBin, b.firstBin);
  const length = Math.max(a.firstBin + a.energies.length, b.firstBin + b.energies.length) - firstBin;
  const energies = new Float64Array(length);
  energies.set(a.energies, a.firstBin - firstBin);
  b.energies.forEach((energy, i) => {
    energies[b.firstBin - firstBin + i]! += energy;
  });
  return { firstBin, energies };
}

/** @param order of the norms: 1, 2 or infinity */
export function mergeNorms(a: GroupNorms, b: GroupNorms, order: number): GroupNorms {
  return {
    norms: a.norms.map((norm, group) => joinedNorm(norm, b.norms[group]!, order)),
    counts: a.counts.map((count, group) => count + b.counts[group]!),
  };
}

function joinedNorm(a: number, b: number, order: number): number {
  if (order === Number.POSITIVE_INFINITY) return Math.max(a, b);
  return order === 1 ? a + b : Math.sqrt(a * a + b * b);
}

export function mergePictures(a: PictureCells, b: PictureCells): PictureCells {
  return {
    magnitudes: a.magnitudes.map((magnitude, cell) => Math.max(magnitude, b.magnitudes[cell]!)),
    removed: a.removed.map((count, cell) => count + b.removed[cell]!),
  };
}

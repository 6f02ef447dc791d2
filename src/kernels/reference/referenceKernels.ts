/** The kernels said plainly, one element at a time: what the tests hold every other backend against. */
import { binOf } from '../../tensors/bins';
import type { PrunableDtype } from '../../tensors/dtype';
import type { BinEnergies, FineHistogram, RefinedBin, TensorStatistics } from '../../tensors/statistics';
import {
  type Accumulator,
  type Applier,
  type ApplyCounts,
  type Kernels,
  maxRefinedValues,
  type ThresholdMask,
  tooManyValues,
} from '../kernels';
import { ReferenceGroupApplier, ReferenceNorms } from './groups';
import { ReferencePicture } from './picture';
import { ReferencePattern, ReferenceScoreApplier, ReferenceScorer } from './scores';
import { valuesOf } from './values';

export const referenceKernels = {
  name: 'TypeScript',
  measure: (dtype) => new ReferenceMeasure(dtype),
  refineBin: (dtype, bin) => new ReferenceRefine(dtype, bin),
  binEnergies: (dtype) => new ReferenceEnergies(dtype),
  applyThreshold: (dtype, mask) => new ReferenceApplier(dtype, mask),
  groupNorms: (dtype, grouping, order) => new ReferenceNorms(dtype, grouping, order),
  applyGroups: (dtype, grouping, gone) => new ReferenceGroupApplier(dtype, grouping, gone),
  scorer: (dtype, scoring) => new ReferenceScorer(dtype, scoring),
  applyScores: (dtype, scoreDtype, mask) => new ReferenceScoreApplier(dtype, scoreDtype, mask),
  applyPattern: (dtype, scoreDtype, criterion, mask) => new ReferencePattern(dtype, scoreDtype, criterion, mask),
  maskPreview: (dtype, plan, mask) => new ReferencePicture(dtype, plan, mask),
} satisfies Kernels;

/** Counts of one magnitude, or of one bin of them. */
interface SignCounts {
  positive: number;
  negative: number;
}

class ReferenceMeasure implements Accumulator<TensorStatistics> {
  private readonly dtype: PrunableDtype;
  private readonly bins = new Map<number, SignCounts>();
  private count = 0;
  private zeros = 0;
  private nan = 0;
  private inf = 0;
  private finite = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private mean = 0;
  private deviations = 0;

  constructor(dtype: PrunableDtype) {
    this.dtype = dtype;
  }

  add(bytes: Uint8Array): void {
    for (const value of valuesOf(this.dtype, bytes)) this.addValue(value);
  }

  private addValue(value: number): void {
    this.count++;
    if (Number.isNaN(value)) this.nan++;
    else if (!Number.isFinite(value)) this.inf++;
    else {
      if (value === 0) this.zeros++;
      countIn(this.bins, binOf(this.dtype, Math.abs(value)), value);
      // Adding 0 makes -0 a plain zero.
      this.min = Math.min(this.min, value) + 0;
      this.max = Math.max(this.max, value) + 0;
      // Welford's recurrence.
      this.finite++;
      const before = value - this.mean;
      this.mean += before / this.finite;
      this.deviations += before * (value - this.mean);
    }
  }

  finish(): TensorStatistics {
    const { count, zeros, nan, inf, finite, min, max, mean, deviations } = this;
    return {
      count,
      zeros,
      nan,
      inf,
      min: finite === 0 ? Number.NaN : min,
      max: finite === 0 ? Number.NaN : max,
      mean: finite === 0 ? Number.NaN : mean,
      std: finite < 2 ? Number.NaN : Math.sqrt(deviations / (finite - 1)),
      histogram: histogramOf(this.bins),
    };
  }
}

function histogramOf(bins: ReadonlyMap<number, SignCounts>): FineHistogram {
  const occupied = [...bins.keys()].sort((a, b) => a - b);
  const firstBin = occupied[0] ?? 0;
  const length = occupied.length === 0 ? 0 : occupied.at(-1)! - firstBin + 1;
  const at = (i: number) => bins.get(firstBin + i);
  return {
    firstBin,
    positive: Uint32Array.from({ length }, (_, i) => at(i)?.positive ?? 0),
    negative: Uint32Array.from({ length }, (_, i) => at(i)?.negative ?? 0),
  };
}

class ReferenceRefine implements Accumulator<RefinedBin> {
  private readonly dtype: PrunableDtype;
  private readonly bin: number;
  private readonly values = new Map<number, SignCounts>();

  constructor(dtype: PrunableDtype, bin: number) {
    this.dtype = dtype;
    this.bin = bin;
  }

  add(bytes: Uint8Array): void {
    for (const value of valuesOf(this.dtype, bytes)) {
      const magnitude = Math.abs(value);
      if (!Number.isFinite(value) || binOf(this.dtype, magnitude) !== this.bin) continue;
      if (this.values.size >= maxRefinedValues && !this.values.has(magnitude)) throw tooManyValues();
      countIn(this.values, magnitude, value);
    }
  }

  finish(): RefinedBin {
    const magnitudes = Float64Array.from(this.values.keys()).sort();
    const counts = Array.from(magnitudes, (magnitude) => this.values.get(magnitude)!);
    return {
      bin: this.bin,
      magnitudes,
      positive: Uint32Array.from(counts, (count) => count.positive),
      negative: Uint32Array.from(counts, (count) => count.negative),
    };
  }
}

class ReferenceEnergies implements Accumulator<BinEnergies> {
  private readonly dtype: PrunableDtype;
  private readonly energies = new Map<number, number>();

  constructor(dtype: PrunableDtype) {
    this.dtype = dtype;
  }

  add(bytes: Uint8Array): void {
    for (const value of valuesOf(this.dtype, bytes)) {
      if (!Number.isFinite(value)) continue;
      const bin = binOf(this.dtype, Math.abs(value));
      this.energies.set(bin, (this.energies.get(bin) ?? 0) + value * value);
    }
  }

  finish(): BinEnergies {
    const bins = [...this.energies.keys()].sort((a, b) => a - b);
    const firstBin = bins[0] ?? 0;
    const length = bins.length === 0 ? 0 : bins.at(-1)! - firstBin + 1;
    return { firstBin, energies: Float64Array.from({ length }, (_, i) => this.energies.get(firstBin + i) ?? 0) };
  }
}

/** The weights are the scores. */
class ReferenceApplier implements Applier {
  private readonly scores: ReferenceScoreApplier;

  constructor(dtype: PrunableDtype, mask: ThresholdMask) {
    this.scores = new ReferenceScoreApplier(dtype, dtype, mask);
  }

  apply(bytes: Uint8Array, kept?: Uint8Array): boolean {
    return this.scores.apply(bytes, bytes, kept);
  }

  finish(): ApplyCounts {
    return this.scores.finish();
  }
}

function countIn(counts: Map<number, SignCounts>, key: number, value: number): void {
  const count = counts.get(key) ?? { positive: 0, negative: 0 };
  if (value < 0) count.negative++;
  else count.positive++;
  counts.set(key, count);
}

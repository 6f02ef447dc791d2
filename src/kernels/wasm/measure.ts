/** Measuring through the module: it counts and sums block by block, this side adds the blocks up. */
import { binCountOf } from '../../tensors/bins';
import { byteWidthOf } from '../../tensors/dtype';
import { bf16ToNumber, f16ToNumber } from '../../tensors/half';
import type { FineHistogram, TensorStatistics } from '../../tensors/statistics';
import type { Accumulator } from '../kernels';
import { BinCounts, type BinTable, HalfCounts, trimmed } from './binCounts';
import { type KernelInstance, result } from './instance';
import { Moments } from './moments';

/** Where infinities are counted: with F64 a bin that is kept, for finite doubles that overflow f32 share it. */
const infinityBin = 0x7f80;

/** F32 and F64: every figure is summed up as the blocks pass. */
export class FloatMeasure implements Accumulator<TensorStatistics> {
  private readonly instance: KernelInstance;
  private readonly bins: BinTable;
  private readonly dtype: 'F32' | 'F64';
  private readonly counts: BinCounts;
  private readonly moments = new Moments();
  private count = 0;
  private zeros = 0;
  private negativeZeros = 0;
  private infinite = 0;
  private negativeInfinite = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(instance: KernelInstance, bins: BinTable, dtype: 'F32' | 'F64') {
    this.instance = instance;
    this.bins = bins;
    this.dtype = dtype;
    this.counts = new BinCounts(binCountOf(dtype));
  }

  add(bytes: Uint8Array): void {
    const { run, results } = this.instance;
    const width = byteWidthOf(this.dtype);
    this.instance.forEachBlock(bytes, (part) => {
      const elements = part.length / width;
      this.bins.claim(this.counts, elements);
      if (this.dtype === 'F32') run.measureF32(elements, this.moments.shift);
      else run.measureF64(elements, this.moments.shift);
      const finite = results[result.finite]!;
      this.moments.add(finite, results[result.shift]!, results[result.sum]!, results[result.squares]!);
      this.count += elements;
      this.zeros += results[result.zeros]!;
      this.negativeZeros += results[result.negativeZeros]!;
      this.infinite += results[result.infinite]!;
      this.negativeInfinite += results[result.negativeInfinite]!;
      this.min = Math.min(this.min, results[result.min]!);
      this.max = Math.max(this.max, results[result.max]!);
    });
  }

  finish(): TensorStatistics {
    this.bins.release(this.counts);
    const { count, zeros, infinite } = this;
    const { mean, std, count: finite } = this.moments;
    const histogram = this.counts.histogram();
    moveNegativeZeros(histogram, this.negativeZeros);
    const last = infinityBin - histogram.firstBin;
    if (last < histogram.positive.length) {
      histogram.positive[last]! -= infinite - this.negativeInfinite;
      histogram.negative[last]! -= this.negativeInfinite;
    }
    return {
      count,
      zeros,
      nan: count - finite - infinite,
      inf: infinite,
      // Adding 0 makes -0 a plain zero.
      min: finite === 0 ? Number.NaN : this.min + 0,
      max: finite === 0 ? Number.NaN : this.max + 0,
      mean,
      std,
      histogram: trimmed(histogram),
    };
  }
}

/** F16 and BF16: a bin is one value, so all figures come from the counts, exactly. */
export class HalfMeasure implements Accumulator<TensorStatistics> {
  private readonly dtype: 'F16' | 'BF16';
  private readonly values: HalfCounts;

  constructor(instance: KernelInstance, bins: BinTable, dtype: 'F16' | 'BF16') {
    this.dtype = dtype;
    this.values = new HalfCounts(instance, bins, dtype);
  }

  add(bytes: Uint8Array): void {
    this.values.add(bytes);
  }

  finish(): TensorStatistics {
    const { count } = this.values;
    const counts = this.values.finish();
    const { all: notFinite, first: infinite } = counts.beyond;
    const histogram = counts.histogram();
    const hasZeroBin = histogram.firstBin === 0 && histogram.positive.length > 0;
    if (hasZeroBin) moveNegativeZeros(histogram, histogram.negative[0]!);
    return {
      count,
      zeros: hasZeroBin ? histogram.positive[0]! : 0,
      nan: notFinite - infinite,
      inf: infinite,
      ...momentsOf(histogram, this.dtype === 'F16' ? f16ToNumber : bf16ToNumber),
      histogram: trimmed(histogram),
    };
  }
}

function moveNegativeZeros(histogram: FineHistogram, negativeZeros: number): void {
  if (negativeZeros === 0) return;
  histogram.negative[0]! -= negativeZeros;
  histogram.positive[0]! += negativeZeros;
}

/** Extremes and moments of a histogram whose every bin is one value. */
function momentsOf(
  { firstBin, positive, negative }: FineHistogram,
  toNumber: (bits: number) => number,
): Pick<TensorStatistics, 'min' | 'max' | 'mean' | 'std'> {
  const moments = new Moments();
  let min = Number.NaN;
  let max = Number.NaN;
  const visit = (value: number, times: number) => {
    if (times === 0) return;
    if (moments.count === 0) min = value;
    max = value;
    moments.add(times, value, 0, 0);
  };
  for (let i = negative.length - 1; i >= 0; i--) if (negative[i] !== 0) visit(-toNumber(firstBin + i), negative[i]!);
  for (let i = 0; i < positive.length; i++) if (positive[i] !== 0) visit(toNumber(firstBin + i), positive[i]!);
  return { min, max, mean: moments.mean, std: moments.std };
}

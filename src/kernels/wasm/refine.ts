/** Refining a bin through the module: it finds the bin's values, this side counts them. */
import { binHigh, binLow } from '../../tensors/bins';
import type { PrunableDtype } from '../../tensors/dtype';
import { f32FromBits } from '../../tensors/half';
import type { RefinedBin } from '../../tensors/statistics';
import type { Accumulator } from '../kernels';
import { type KernelInstance, result } from './instance';
import { ValueCounts } from './valueCounts';

export function refineAccumulator(instance: KernelInstance, dtype: PrunableDtype, bin: number) {
  switch (dtype) {
    case 'F64':
      return new F64Refine(instance, bin);
    case 'F32':
      return new F32Refine(instance, bin);
    case 'F16':
    case 'BF16':
      return new HalfRefine(instance, dtype, bin);
  }
}

/** Up to so many matches are listed; more are counted in a table of all values of the bin. Most tensors have few. */
const maxListed = 0x10000;
/** An f32 bin has 2^16 magnitudes of either sign. A remainder is the sign at bit 16 above the low 16 bits. */
const remainders = 0x20000;
const signBit = 0x10000;

class F32Refine implements Accumulator<RefinedBin> {
  private readonly instance: KernelInstance;
  private readonly bin: number;
  private listed: Uint32Array = new Uint32Array(64);
  private matches = 0;
  private counts: Uint32Array | Float64Array | undefined;

  constructor(instance: KernelInstance, bin: number) {
    this.instance = instance;
    this.bin = bin;
  }

  add(bytes: Uint8Array): void {
    const { run, matchedBits } = this.instance;
    this.instance.forEachBlock(bytes, (part) => {
      const found = run.collectF32(part.length / 4, this.bin);
      if (found > 0) this.take(matchedBits.subarray(0, found));
    });
  }

  private take(found: Uint32Array): void {
    const before = this.matches;
    this.matches += found.length;
    if (!this.counts && this.matches <= maxListed) {
      if (this.matches > this.listed.length) {
        const larger = new Uint32Array(Math.max(this.matches, 2 * this.listed.length));
        larger.set(this.listed);
        this.listed = larger;
      }
      this.listed.set(found, before);
      return;
    }
    if (!this.counts) {
      this.counts = countsOf(this.listed.subarray(0, before));
      this.listed = new Uint32Array(0);
    }
    if (this.matches > 0xffffffff && this.counts instanceof Uint32Array) this.counts = Float64Array.from(this.counts);
    const { counts } = this;
    for (let i = 0; i < found.length; i++) counts[found[i]!]! += 1;
  }

  finish(): RefinedBin {
    const { bin } = this;
    const positive: number[] = [];
    const negative: number[] = [];
    const magnitudes: number[] = [];
    const visit = (low: number, plus: number, minus: number) => {
      if (plus + minus === 0) return;
      const magnitude = f32FromBits((bin << 16) | low);
      magnitudes.push(magnitude);
      // Zeros of either sign count as positive.
      positive.push(magnitude === 0 ? plus + minus : plus);
      negative.push(magnitude === 0 ? 0 : minus);
    };
    const { counts } = this;
    if (counts) for (let low = 0; low < signBit; low++) visit(low, counts[low]!, counts[signBit + low]!);
    else this.visitListed(visit);
    return refinedBin(bin, magnitudes, positive, negative);
  }

  private visitListed(visit: (low: number, plus: number, minus: number) => void): void {
    const sorted = this.listed.slice(0, this.matches);
    // By low bits first, the sign last.
    for (let i = 0; i < sorted.length; i++) sorted[i] = ((sorted[i]! & 0xffff) << 1) | (sorted[i]! >>> 16);
    sorted.sort();
    for (let i = 0; i < sorted.length; ) {
      const low = sorted[i]! >>> 1;
      let plus = 0;
      let minus = 0;
      for (; i < sorted.length && sorted[i]! >>> 1 === low; i++) {
        if ((sorted[i]! & 1) === 0) plus++;
        else minus++;
      }
      visit(low, plus, minus);
    }
  }
}

function countsOf(listed: Uint32Array): Uint32Array {
  const counts = new Uint32Array(remainders);
  for (let i = 0; i < listed.length; i++) counts[listed[i]!]! += 1;
  return counts;
}

class F64Refine implements Accumulator<RefinedBin> {
  private readonly instance: KernelInstance;
  private readonly bin: number;
  private readonly values = new ValueCounts();

  constructor(instance: KernelInstance, bin: number) {
    this.instance = instance;
    this.bin = bin;
  }

  add(bytes: Uint8Array): void {
    const { run, matchedDoubles } = this.instance;
    const low = binLow('F64', this.bin);
    const high = binHigh('F64', this.bin);
    this.instance.forEachBlock(bytes, (part) => {
      const found = run.collectF64(part.length / 8, low, high);
      if (found > 0) this.values.add(matchedDoubles.subarray(0, found));
    });
  }

  finish(): RefinedBin {
    const { magnitudes, positive, negative } = this.values.finish();
    return refinedBin(this.bin, magnitudes, positive, negative);
  }
}

class HalfRefine implements Accumulator<RefinedBin> {
  private readonly instance: KernelInstance;
  private readonly dtype: 'F16' | 'BF16';
  private readonly bin: number;
  private positive = 0;
  private negative = 0;

  constructor(instance: KernelInstance, dtype: 'F16' | 'BF16', bin: number) {
    this.instance = instance;
    this.dtype = dtype;
    this.bin = bin;
  }

  add(bytes: Uint8Array): void {
    const { run, results } = this.instance;
    this.instance.forEachBlock(bytes, (part) => {
      run.countHalf(part.length / 2, this.bin);
      this.positive += results[result.positive]!;
      this.negative += results[result.negative]!;
    });
  }

  finish(): RefinedBin {
    const { dtype, bin, positive, negative } = this;
    if (positive + negative === 0) return refinedBin(bin, [], [], []);
    return bin === 0
      ? refinedBin(bin, [0], [positive + negative], [0])
      : refinedBin(bin, [binLow(dtype, bin)], [positive], [negative]);
  }
}

function refinedBin(
  bin: number,
  magnitudes: ArrayLike<number>,
  positive: ArrayLike<number>,
  negative: ArrayLike<number>,
): RefinedBin {
  return {
    bin,
    magnitudes: Float64Array.from(magnitudes),
    positive: countArray(positive),
    negative: countArray(negative),
  };
}

/** As small as it can be. */
function countArray(counts: ArrayLike<number>): Uint32Array | Float64Array {
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0xffffffff) return Float64Array.from(counts);
  return Uint32Array.from(counts);
}

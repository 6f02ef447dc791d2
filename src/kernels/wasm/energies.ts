/** Sums of squares by fine bin. */
import { binCountOf, binLow } from '../../tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import type { BinEnergies } from '../../tensors/statistics';
import type { Accumulator } from '../kernels';
import { type BinTable, HalfCounts } from './binCounts';
import type { KernelInstance } from './instance';

/** Synchronous. */
interface BinSquares extends Accumulator<BinEnergies> {
  add(bytes: Uint8Array): void;
  finish(): BinEnergies;
}

export function binSquares(instance: KernelInstance, bins: BinTable, dtype: PrunableDtype): BinSquares {
  return dtype === 'F32' || dtype === 'F64' ? new FloatSquares(dtype) : new HalfSquares(instance, bins, dtype);
}

/** Elements worked on at once: what is decoded of them stays in the cache. */
const partElements = 0x4000;

class FloatSquares implements BinSquares {
  private readonly dtype: 'F32' | 'F64';
  /** By the 15 magnitude bits at the top of a value; those above the last bin, of infinity and NaN, are left out in the end. */
  private readonly energies = new Float64Array(0x8000);

  constructor(dtype: 'F32' | 'F64') {
    this.dtype = dtype;
  }

  add(bytes: Uint8Array): void {
    const partBytes = partElements * byteWidthOf(this.dtype);
    for (let start = 0; start < bytes.length; start += partBytes)
      this.addPart(bytes.subarray(start, start + partBytes));
  }

  private addPart(bytes: Uint8Array): void {
    const { dtype, energies } = this;
    if (dtype === 'F32') {
      const values = numbersOf(dtype, bytes);
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < bits.length; i++) energies[(bits[i]! >>> 16) & 0x7fff]! += values[i]! * values[i]!;
    } else {
      const values = numbersOf(dtype, bytes);
      const floats = Float32Array.from(values);
      const bits = new Uint32Array(floats.buffer);
      for (let i = 0; i < bits.length; i++) {
        const value = values[i]!;
        // Finite values that overflow f32 share a bin with infinity.
        if (value - value === 0) energies[(bits[i]! >>> 16) & 0x7fff]! += value * value;
      }
    }
  }

  finish(): BinEnergies {
    return withoutEmptyEnds(0, this.energies.subarray(0, binCountOf(this.dtype)));
  }
}

/** A bin of half floats is one value: so many times its square. That is exact below 2^31 of them, as their sum one by one is. */
class HalfSquares implements BinSquares {
  private readonly dtype: 'F16' | 'BF16';
  private readonly values: HalfCounts;

  constructor(instance: KernelInstance, bins: BinTable, dtype: 'F16' | 'BF16') {
    this.dtype = dtype;
    this.values = new HalfCounts(instance, bins, dtype);
  }

  add(bytes: Uint8Array): void {
    this.values.add(bytes);
  }

  finish(): BinEnergies {
    const { firstBin, positive, negative } = this.values.finish().histogram();
    const energies = Float64Array.from(positive, (count, i) => {
      const value = binLow(this.dtype, firstBin + i);
      return (count + negative[i]!) * (value * value);
    });
    return withoutEmptyEnds(firstBin, energies);
  }
}

function withoutEmptyEnds(firstBin: number, energies: Float64Array): BinEnergies {
  let start = 0;
  let end = energies.length;
  while (start < end && energies[start] === 0) start++;
  while (end > start && energies[end - 1] === 0) end--;
  return { firstBin: start === end ? 0 : firstBin + start, energies: energies.slice(start, end) };
}

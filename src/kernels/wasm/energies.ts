/** Sums of squares by fine bin. */
import { binCountOf } from '../../tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import type { BinEnergies } from '../../tensors/statistics';
import type { Accumulator } from '../kernels';

/** Elements worked on at once: what is decoded of them stays in the cache. */
const partElements = 0x4000;

export class BinSquares implements Accumulator<BinEnergies> {
  private readonly dtype: PrunableDtype;
  /** By the 15 magnitude bits at the top of a value; those above the last bin, of infinity and NaN, are left out in the end. */
  private readonly energies = new Float64Array(0x8000);

  constructor(dtype: PrunableDtype) {
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
    } else if (dtype === 'F64') {
      const values = numbersOf(dtype, bytes);
      const floats = Float32Array.from(values);
      const bits = new Uint32Array(floats.buffer);
      for (let i = 0; i < bits.length; i++) {
        const value = values[i]!;
        // Finite values that overflow f32 share a bin with infinity.
        if (value - value === 0) energies[(bits[i]! >>> 16) & 0x7fff]! += value * value;
      }
    } else {
      const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
      const bits = new Uint16Array(buffer, byteOffset, bytes.length / 2);
      const values = numbersOf(dtype, bytes);
      for (let i = 0; i < bits.length; i++) energies[bits[i]! & 0x7fff]! += values[i]! * values[i]!;
    }
  }

  finish(): BinEnergies {
    const { energies } = this;
    let start = 0;
    let end = binCountOf(this.dtype);
    while (start < end && energies[start] === 0) start++;
    while (end > start && energies[end - 1] === 0) end--;
    return { firstBin: start === end ? 0 : start, energies: energies.slice(start, end) };
  }
}

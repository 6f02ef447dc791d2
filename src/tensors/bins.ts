/**
 * The fine bins of a histogram: a monotone map from magnitudes to small integers that needs no logarithm.
 * A bin is the 15 magnitude bits at the top of a value: all of f16 and bf16 (one value per bin, so every figure is
 * exact), the top of f32 (128 bins per octave), and for f64 the top of its value rounded to f32.
 */
import type { PrunableDtype } from './dtype';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber, f32Bits, f32FromBits } from './half';

/** Number of bins that hold finite magnitudes. f64 has one more: finite values that overflow f32 round to infinity's bin. */
export function binCountOf(dtype: PrunableDtype): number {
  switch (dtype) {
    case 'F16':
      return 0x7c00;
    case 'F32':
    case 'BF16':
      return 0x7f80;
    case 'F64':
      return 0x7f81;
  }
}

/** The bin of a finite magnitude (>= 0) that `dtype` can hold. */
export function binOf(dtype: PrunableDtype, magnitude: number): number {
  switch (dtype) {
    case 'F16':
      return f16Bits(magnitude);
    case 'BF16':
      return bf16Bits(magnitude);
    case 'F32':
    case 'F64':
      return f32Bits(magnitude) >>> 16;
  }
}

/** The smallest magnitude of `dtype` in the bin. */
export function binLow(dtype: PrunableDtype, bin: number): number {
  switch (dtype) {
    case 'F16':
      return f16ToNumber(bin);
    case 'BF16':
      return bf16ToNumber(bin);
    case 'F32':
      return f32FromBits(bin << 16);
    case 'F64': {
      if (bin === 0) return 0;
      // The midpoint between the bin's first f32 and the one below: a tie, and ties round to the even one, ours.
      const first = bin === 0x7f80 ? 2 ** 128 : f32FromBits(bin << 16);
      const below = f32FromBits((bin << 16) - 1);
      return below + (first - below) / 2;
    }
  }
}

/** The largest magnitude of `dtype` in the bin: thresholds are placed here, so that `|w| <= threshold` is a prefix sum. */
export function binHigh(dtype: PrunableDtype, bin: number): number {
  switch (dtype) {
    case 'F16':
    case 'BF16':
      return binLow(dtype, bin);
    case 'F32':
      return f32FromBits((bin << 16) | 0xffff);
    case 'F64':
      return bin === 0x7f80 ? Number.MAX_VALUE : doubleBelow(binLow('F64', bin + 1));
  }
}

/** The largest double smaller than a positive `value`. */
function doubleBelow(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}

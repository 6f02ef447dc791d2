/** Weights in fewer bits: f32 and f64 as f16 or bf16, as PyTorch's `half()` and `bfloat16()` make them, and what that loses. */
import { valuesOfHalf } from './numbers';

export type WideDtype = 'F64' | 'F32';
export type NarrowDtype = 'F16' | 'BF16';

/** Counted as elements are narrowed. */
export interface NarrowingLoss {
  elements: number;
  /** Finite ones that became infinite. */
  overflowed: number;
  /** Others than zero that became zero. */
  vanished: number;
  /** Sums over the finite ones that stayed finite: of their squares, and of those of what they are off. */
  squares: number;
  errors: number;
}

export function noLoss(): NarrowingLoss {
  return { elements: 0, overflowed: 0, vanished: 0, squares: 0, errors: 0 };
}

/** ‖w − ŵ‖ / ‖w‖ */
export function relativeError({ squares, errors }: NarrowingLoss): number {
  return squares === 0 ? 0 : Math.sqrt(errors / squares);
}

/** The smallest magnitude that becomes infinite: half way from the largest finite number to the next. */
export const overflowsFrom: Readonly<Record<NarrowDtype, number>> = {
  F16: 65520,
  BF16: (2 - 2 ** -8) * 2 ** 127,
};

/**
 * Whole elements, in the byte order of the given ones. f64 goes by way of f32, as in PyTorch (c10::convert).
 * @param loss grows by what these lose
 */
export function narrowed(
  bytes: Uint8Array,
  from: WideDtype,
  to: NarrowDtype,
  isLittle: boolean,
  loss: NarrowingLoss,
): Uint8Array<ArrayBuffer> {
  const width = from === 'F64' ? 8 : 4;
  const count = bytes.length / width;
  const given = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const made = new DataView(new ArrayBuffer(count * 2));
  const single = new DataView(new ArrayBuffer(4));
  const bitsOf = to === 'F16' ? f16OfF32 : bf16OfF32;
  const values = valuesOfHalf(to);
  for (let i = 0; i < count; i++) {
    const value = from === 'F64' ? given.getFloat64(i * 8, isLittle) : given.getFloat32(i * 4, isLittle);
    if (from === 'F64') single.setFloat32(0, value);
    const bits = bitsOf(from === 'F64' ? single.getUint32(0) : given.getUint32(i * 4, isLittle));
    made.setUint16(i * 2, bits, isLittle);
    if (!Number.isFinite(value)) continue;
    const stored = values[bits]!;
    if (!Number.isFinite(stored)) {
      loss.overflowed++;
      continue;
    }
    if (stored === 0 && value !== 0) loss.vanished++;
    loss.squares += value * value;
    loss.errors += (value - stored) ** 2;
  }
  loss.elements += count;
  return new Uint8Array(made.buffer);
}

/** Ties to even. NaN becomes the quiet one that PyTorch has. @param bits of an f32 */
export function f16OfF32(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  // 65520, half way to 2^16.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  if (magnitude >= 0x3880_0000) {
    // Normal: the carry of rounding ripples into the exponent.
    return sign | ((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // In units of 2^-24; below half of one nothing is left.
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign;
  const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000;
  const floor = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && floor % 2 === 1) ? floor + 1 : floor);
}

/** As f16OfF32. */
export function bf16OfF32(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return ((bits >>> 16) & 0x8000) | 0x7fc0;
  return ((bits >>> 0) + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Single elements as numbers: for the few that are worked on one by one, never for weights in bulk. */
import type { PrunableDtype } from './dtype';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber } from './half';

/** @param at in bytes; the element is little-endian */
export function readElement(dtype: PrunableDtype, view: DataView, at: number): number {
  switch (dtype) {
    case 'F64':
      return view.getFloat64(at, true);
    case 'F32':
      return view.getFloat32(at, true);
    case 'F16':
      return f16ToNumber(view.getUint16(at, true));
    case 'BF16':
      return bf16ToNumber(view.getUint16(at, true));
  }
}

/** Little-endian elements of `dtype`, each value rounded as PyTorch rounds a number to it (see roundToDtype). */
export function elementBytes(dtype: PrunableDtype, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  if (dtype === 'F64') return new Uint8Array(Float64Array.from(values).buffer);
  const floats = Float32Array.from(values);
  if (dtype === 'F32') return new Uint8Array(floats.buffer);
  const bitsOf = dtype === 'F16' ? f16Bits : bf16Bits;
  return new Uint8Array(Uint16Array.from(floats, bitsOf).buffer);
}

/** Elements of any dtype as numbers, in bulk. */
import { byteWidthOf, type PrunableDtype } from './dtype';
import { bf16ToNumber, f16ToNumber } from './half';

/** The values of all 16-bit patterns. */
const halfValues = new Map<PrunableDtype, Float32Array>();

/** By its bits. */
export function valuesOfHalf(dtype: 'F16' | 'BF16'): Float32Array {
  const known = halfValues.get(dtype);
  if (known) return known;
  const toNumber = dtype === 'F16' ? f16ToNumber : bf16ToNumber;
  const made = Float32Array.from({ length: 0x10000 }, (_, bits) => toNumber(bits));
  halfValues.set(dtype, made);
  return made;
}

/** The numbers of `bytes`, in a view of them where dtype and place allow. Only to be read. */
export function numbersOf(dtype: PrunableDtype, bytes: Uint8Array): Float32Array | Float64Array {
  const { buffer, byteOffset } = bytes.byteOffset % byteWidthOf(dtype) === 0 ? bytes : bytes.slice();
  if (dtype === 'F64') return new Float64Array(buffer, byteOffset, bytes.length / 8);
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, bytes.length / 4);
  const bits = new Uint16Array(buffer, byteOffset, bytes.length / 2);
  const values = valuesOfHalf(dtype);
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = values[bits[i]!]!;
  return numbers;
}

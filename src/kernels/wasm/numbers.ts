/** Numbers as elements of any dtype, in bulk. */
import type { PrunableDtype } from '../../tensors/dtype';

/** Elements of `dtype`: the numbers rounded to f32 and from there to half floats, to nearest, ties to even. */
export function bytesOfNumbers(dtype: PrunableDtype, numbers: Float32Array | Float64Array): Uint8Array {
  if (dtype === 'F64') return viewed(numbers instanceof Float64Array ? numbers : Float64Array.from(numbers));
  const floats = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  if (dtype === 'F32') return viewed(floats);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(bits.length);
  const round = dtype === 'F16' ? f16OfF32 : bf16OfF32;
  for (let i = 0; i < bits.length; i++) halves[i] = round(bits[i]!);
  return viewed(halves);
}

function viewed({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** From the bits of an f32 to those of a bf16. A carry from the fraction goes on into the exponent, as it should. */
function bf16OfF32(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

function f16OfF32(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // Halfway from the largest to 65,536, which is infinity's place.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Beside 0.5 an f32 has the spacing of subnormal f16: adding it rounds.
  floatBits[0] = magnitude;
  float[0]! += 0.5;
  return sign | (floatBits[0]! - 0x3f000000);
}

/** Half-precision conversions and rounding of a real number to a dtype, ties to even as IEEE 754 and PyTorch do. */
import type { PrunableDtype } from './dtype';

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The 32 bits of `value` rounded to float32. */
export function f32Bits(value: number): number {
  f32[0] = value;
  return u32[0]!;
}

export function f32FromBits(bits: number): number {
  u32[0] = bits;
  return f32[0]!;
}

export function bf16ToNumber(bits: number): number {
  return f32FromBits(bits << 16);
}

export function f16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * The 16 bits of `value` rounded to a 16-bit float with `fractionBits` of fraction and `maxExponent` as its largest
 * exponent, straight from the double (no detour over float32, which would round twice).
 */
function roundTo16(value: number, fractionBits: number, maxExponent: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  const infinity = (2 * maxExponent + 1) << fractionBits;
  if (Number.isNaN(value)) return sign | infinity | (1 << (fractionBits - 1));
  if (magnitude === 0) return sign;
  if (magnitude === Number.POSITIVE_INFINITY) return sign | infinity;
  const minExponent = 1 - maxExponent;
  const exponent = Math.max(exponentOf(magnitude), minExponent);
  // In units of the last place; scaling by a power of two is exact here (no result is subnormal as a double).
  const scaled = magnitude * 2 ** -exponent * 2 ** fractionBits;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // Carries ripple into the exponent field by plain addition; subnormals have exponent field 0 and no hidden bit.
  const bits = ((exponent - minExponent) << fractionBits) + rounded;
  return sign | Math.min(bits, infinity);
}

/** floor(log2(magnitude)) of a positive finite double, exactly. */
function exponentOf(magnitude: number): number {
  const f64 = new DataView(new ArrayBuffer(8));
  f64.setFloat64(0, magnitude);
  const field = f64.getUint16(0) >> 4;
  return field === 0 ? Math.floor(Math.log2(magnitude)) : field - 1023;
}

/** Bits of `value` rounded to IEEE half precision. */
export function f16Bits(value: number): number {
  return roundTo16(value, 10, 15);
}

/** Bits of `value` rounded to bfloat16. */
export function bf16Bits(value: number): number {
  return roundTo16(value, 7, 127);
}

/**
 * `value` as PyTorch makes it of a Python float for a tensor of `dtype`, to compare with it or to fill it. Thresholds are
 * rounded so, too. To a half float that is by way of f32, which rounds twice (c10::convert): 1 + 2^-11 + 2^-40 becomes
 * 1 in f16, a tie after the first rounding.
 */
export function roundToDtype(value: number, dtype: PrunableDtype): number {
  switch (dtype) {
    case 'F64':
      return value;
    case 'F32':
      return Math.fround(value);
    case 'F16':
      return f16ToNumber(f16Bits(Math.fround(value)));
    case 'BF16':
      return bf16ToNumber(bf16Bits(Math.fround(value)));
  }
}

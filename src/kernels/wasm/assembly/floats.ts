/** Elements of any dtype as floats that can be reckoned with, and back to half floats. */

/** The dtypes as types, so that each gets a loop of its own. */
export type F64 = f64;
export type F32 = f32;
export type F16 = u16;
export type BF16 = i16;

/** Four magnitudes as f32; of F64 the first two. */
export function magnitudes<D extends number>(at: usize): v128 {
  if (sizeof<D>() == 8) return f64x2.abs(v128.load(at));
  if (sizeof<D>() == 4) return f32x4.abs(v128.load(at));
  const bits = v128.and(v128.load16x4_u(at), i32x4.splat(0x7fff));
  if (isSigned<D>()) return i32x4.shl(bits, 16);
  // An f16 with its bits in place is 2^112 times too small as an f32, exactly; infinity and NaN need their exponent.
  const scaled = f32x4.mul(i32x4.shl(bits, 13), f32x4.splat(5192296858534827628530496329220096.0));
  return v128.or(scaled, v128.and(i32x4.ge_s(bits, i32x4.splat(0x7c00)), i32x4.splat(0x7f800000)));
}

/** The first two of four magnitudes as f64, from `magnitudes`. */
export function low<D extends number>(values: v128, _at: usize): v128 {
  return sizeof<D>() == 8 ? values : f64x2.promote_low_f32x4(values);
}

/** The other two. */
export function high<D extends number>(values: v128, at: usize): v128 {
  return sizeof<D>() == 8
    ? f64x2.abs(v128.load(at, 16))
    : f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
}

export function magnitude<D extends number>(at: usize): f64 {
  if (isFloat<D>()) return Math.abs(<f64>load<D>(at));
  const bits = <u32>load<u16>(at) & 0x7fff;
  if (isSigned<D>()) return <f64>reinterpret<f32>(bits << 16);
  const scaled = reinterpret<f32>(bits << 13) * <f32>5192296858534827628530496329220096.0;
  return <f64>(bits < 0x7c00 ? scaled : reinterpret<f32>((bits << 13) | 0x7f800000));
}

/** The f32 as bf16, to nearest, ties to even, in the low half of each lane. A carry from the fraction goes on into the exponent. */
export function roundToBF16(values: v128): v128 {
  const odd = v128.and(i32x4.shr_u(values, 16), i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(values, i32x4.splat(0x7fff)), odd), 16);
  return v128.bitselect(i32x4.splat(0x7fc0), rounded, f32x4.ne(values, values));
}

/** As roundToBF16. */
export function roundToF16(values: v128): v128 {
  const magnitudes = v128.and(values, i32x4.splat(0x7fffffff));
  const odd = v128.and(i32x4.shr_u(magnitudes, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(magnitudes, i32x4.splat(0xfff - 0x38000000)), odd), 13);
  // Beside 0.5 an f32 has the spacing of subnormal f16: adding it rounds.
  const subnormal = i32x4.sub(f32x4.add(magnitudes, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  let rounded = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitudes, i32x4.splat(0x38800000)));
  // Halfway from the largest to 65,536, which is infinity's place.
  rounded = v128.bitselect(i32x4.splat(0x7c00), rounded, i32x4.ge_s(magnitudes, i32x4.splat(0x477ff000)));
  rounded = v128.bitselect(i32x4.splat(0x7e00), rounded, i32x4.gt_s(magnitudes, i32x4.splat(0x7f800000)));
  return v128.or(rounded, v128.and(i32x4.shr_u(values, 16), i32x4.splat(0x8000)));
}

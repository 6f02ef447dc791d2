/** Between bytes, one an element, and the lanes of vectors of elements. */

/** Sign-extends the bytes at `at` to the lanes of one vector of T. */
export function spread<T extends number>(at: usize): v128 {
  if (sizeof<T>() == 2) return v128.load8x8_s(at);
  const halves = i16x8.extend_low_i8x16_s(sizeof<T>() == 4 ? v128.load32_zero(at) : i16x8.splat(load<i16>(at)));
  const words = i32x4.extend_low_i16x8_s(halves);
  return sizeof<T>() == 4 ? words : i64x2.extend_low_i32x4_s(words);
}

/** The reverse, for lanes of -128 to 127. */
export function gather<T extends number>(at: usize, lanes: v128): void {
  if (sizeof<T>() == 2) {
    v128.store64_lane(at, i8x16.narrow_i16x8_s(lanes, lanes), 0);
  } else if (sizeof<T>() == 4) {
    const halves = i16x8.narrow_i32x4_s(lanes, lanes);
    v128.store32_lane(at, i8x16.narrow_i16x8_s(halves, halves), 0);
  } else {
    v128.store16_lane(at, v128.shuffle<i8>(lanes, lanes, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8), 0);
  }
}

/**
 * Scores of the elements in the block, written to SCORES: NaN for those that are not finite. Random ones and products
 * are f32, increases of the elements' dtype.
 */
import { BF16, F16, F32, F64, high, low, magnitudes, roundToBF16, roundToF16 } from './floats';
import { BLOCK, SCORES } from './layout';

export function randomF64(from: usize, to: usize, first: i32, second: i32, index: i32): void {
  random<F64>(from, to, first, second, index);
}

export function randomF32(from: usize, to: usize, first: i32, second: i32, index: i32): void {
  random<F32>(from, to, first, second, index);
}

export function randomF16(from: usize, to: usize, first: i32, second: i32, index: i32): void {
  random<F16>(from, to, first, second, index);
}

export function randomBF16(from: usize, to: usize, first: i32, second: i32, index: i32): void {
  random<BF16>(from, to, first, second, index);
}

/**
 * The hash of tensors/random.ts, four at a time.
 * @param from element of the block, `to` the one after the last
 * @param index of element `from`, its low 32 bits
 */
function random<D extends number>(from: usize, to: usize, first: i32, second: i32, index: i32): void {
  const firsts = i32x4.splat(first);
  const seconds = i32x4.splat(second);
  let indices = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  for (let i = from; i < to; i += 4) {
    const hash = mix(i32x4.add(mix(v128.xor(indices, firsts)), seconds));
    const scores = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(1.0 / 16777216.0));
    v128.store(SCORES + (i << 2), f32x4.add(scores, nothing<D>(BLOCK + i * sizeof<D>())));
    indices = i32x4.add(indices, i32x4.splat(4));
  }
}

function mix(values: v128): v128 {
  let x = i32x4.mul(v128.xor(values, i32x4.shr_u(values, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

export function productF64(count: usize): void {
  product<F64>(count);
}

export function productF32(count: usize): void {
  product<F32>(count);
}

export function productF16(count: usize): void {
  product<F16>(count);
}

export function productBF16(count: usize): void {
  product<BF16>(count);
}

/** Multiplies the f32 in SCORES, one for each element, by the magnitudes of the elements rounded to f32. */
function product<D extends number>(count: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const at = BLOCK + i * sizeof<D>();
    const to = SCORES + (i << 2);
    v128.store(to, f32x4.add(f32x4.mul(fourF32<D>(at), v128.load(to)), nothing<D>(at)));
  }
}

export function increaseF64(count: usize): void {
  for (let at: usize = 0; at < count << 3; at += 16) {
    const now = f64x2.abs(v128.load(BLOCK + at));
    const then = f64x2.abs(v128.load(SCORES + at));
    v128.store(SCORES + at, f64x2.add(f64x2.sub(now, then), f64x2.mul(now, f64x2.splat(0))));
  }
}

export function increaseF32(count: usize): void {
  for (let at: usize = 0; at < count << 2; at += 16) v128.store(SCORES + at, increase<F32>(at));
}

export function increaseF16(count: usize): void {
  for (let at: usize = 0; at < count << 1; at += 16) {
    const first = roundToF16(increase<F16>(at));
    v128.store(SCORES + at, i16x8.narrow_i32x4_u(first, roundToF16(increase<F16>(at + 8))));
  }
}

export function increaseBF16(count: usize): void {
  for (let at: usize = 0; at < count << 1; at += 16) {
    const first = roundToBF16(increase<BF16>(at));
    v128.store(SCORES + at, i16x8.narrow_i32x4_u(first, roundToBF16(increase<BF16>(at + 8))));
  }
}

/**
 * By how much four magnitudes exceed those of the elements in SCORES, in f32. A difference of half floats so rounded and
 * then to a half float is rounded as if once, since 24 bits are at least 2 * 11 + 2.
 */
function increase<D extends number>(at: usize): v128 {
  const now = magnitudes<D>(BLOCK + at);
  return f32x4.add(f32x4.sub(now, magnitudes<D>(SCORES + at)), f32x4.mul(now, f32x4.splat(0)));
}

/** Four magnitudes, rounded to f32. */
function fourF32<D extends number>(at: usize): v128 {
  const first = magnitudes<D>(at);
  return sizeof<D>() == 8 ? demoted(low<D>(first, at), high<D>(first, at)) : first;
}

/** In f32, 0 for each of four elements that is finite, NaN for others. */
function nothing<D extends number>(at: usize): v128 {
  const first = magnitudes<D>(at);
  if (sizeof<D>() != 8) return f32x4.mul(first, f32x4.splat(0));
  const none = f64x2.splat(0);
  return demoted(f64x2.mul(low<D>(first, at), none), f64x2.mul(high<D>(first, at), none));
}

function demoted(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/**
 * Norms of groups, as far as they can be had without knowing the groups: of every run of `run` elements side by side, a
 * double at SUMS. A value that is not finite makes the double so.
 */
import { BLOCK, SUMS } from './layout';

/** What is summed up, as types, so that each gets a loop of its own (`isSum` and so on). */
type Sum = u8;
type Squares = u16;
type Largest = u32;
type Least = u64;
type Nonzero = i8;

/** The kinds as wasm/groups.ts names them. */
const SUM: i32 = 0;
const SQUARES: i32 = 1;
const LARGEST: i32 = 2;
const LEAST: i32 = 3;

/** The dtypes as types. */
type F64 = f64;
type F32 = f32;
type F16 = u16;
type BF16 = i16;

export function normsF64(from: usize, run: usize, runs: usize, kind: i32): void {
  norms<F64>(from, run, runs, kind);
}

export function normsF32(from: usize, run: usize, runs: usize, kind: i32): void {
  norms<F32>(from, run, runs, kind);
}

export function normsF16(from: usize, run: usize, runs: usize, kind: i32): void {
  norms<F16>(from, run, runs, kind);
}

export function normsBF16(from: usize, run: usize, runs: usize, kind: i32): void {
  norms<BF16>(from, run, runs, kind);
}

/** @param from element of the block where the first run starts */
function norms<D extends number>(from: usize, run: usize, runs: usize, kind: i32): void {
  const at = BLOCK + from * sizeof<D>();
  if (kind == SUM) reduceRuns<D, Sum>(at, run, runs);
  else if (kind == SQUARES) reduceRuns<D, Squares>(at, run, runs);
  else if (kind == LARGEST) reduceRuns<D, Largest>(at, run, runs);
  else if (kind == LEAST) reduceRuns<D, Least>(at, run, runs);
  else reduceRuns<D, Nonzero>(at, run, runs);
}

function reduceRuns<D extends number, K>(start: usize, run: usize, runs: usize): void {
  if (run == 1) {
    eachAlone<D, K>(start, runs);
    return;
  }
  const bytes = run * sizeof<D>();
  let at = start;
  for (let i: usize = 0; i < runs; i++, at += bytes) {
    store<f64>(SUMS + (i << 3), run < 8 ? reduceFew<D, K>(at, at + bytes, neutral<K>()) : reduce<D, K>(at, at + bytes));
  }
}

function eachAlone<D extends number, K>(start: usize, count: usize): void {
  const fours = count & ~3;
  let to = SUMS;
  let at = start;
  for (const end = start + fours * sizeof<D>(); at < end; at += 4 * sizeof<D>(), to += 32) {
    const values = magnitudes<D>(at);
    v128.store(to, part<K>(low<D>(values, at)));
    v128.store(to, part<K>(high<D>(values, at)), 16);
  }
  for (const end = start + count * sizeof<D>(); at < end; at += sizeof<D>(), to += 8) {
    store<f64>(to, reduceFew<D, K>(at, at + sizeof<D>(), neutral<K>()));
  }
}

function reduce<D extends number, K>(start: usize, end: usize): f64 {
  const fours = end - ((end - start) % (4 * sizeof<D>()));
  let a = f64x2.splat(neutral<K>());
  let b = a;
  for (let at = start; at < fours; at += 4 * sizeof<D>()) {
    const values = magnitudes<D>(at);
    a = joined<K>(a, part<K>(low<D>(values, at)));
    b = joined<K>(b, part<K>(high<D>(values, at)));
  }
  const both = joined<K>(a, b);
  const swapped = v128.shuffle<i64>(both, both, 1, 0);
  return reduceFew<D, K>(fours, end, f64x2.extract_lane(joined<K>(both, swapped), 0));
}

function reduceFew<D extends number, K>(start: usize, end: usize, before: f64): f64 {
  let result = before;
  for (let at = start; at < end; at += sizeof<D>()) {
    const value = f64x2.splat(magnitude<D>(at));
    result = f64x2.extract_lane(joined<K>(f64x2.splat(result), part<K>(value)), 0);
  }
  return result;
}

function isLeast<K>(): bool {
  return sizeof<K>() == 8;
}

function isLargest<K>(): bool {
  return sizeof<K>() == 4;
}

/** What changes nothing when joined with. */
function neutral<K>(): f64 {
  return isLeast<K>() ? Infinity : 0;
}

/** Of magnitudes: what of each is joined. */
function part<K>(values: v128): v128 {
  if (sizeof<K>() == 2) return f64x2.mul(values, values);
  if (isSigned<K>() || isLeast<K>()) {
    // 0 for finite values, NaN for others.
    const nothing = f64x2.mul(values, f64x2.splat(0));
    if (isLeast<K>()) return f64x2.add(values, nothing);
    return f64x2.add(v128.and(f64x2.ne(values, f64x2.splat(0)), f64x2.splat(1)), nothing);
  }
  return values;
}

function joined<K>(a: v128, b: v128): v128 {
  if (isLargest<K>()) return f64x2.max(a, b);
  if (isLeast<K>()) return f64x2.min(a, b);
  return f64x2.add(a, b);
}

/** Four magnitudes as f32; of F64 the first two. */
function magnitudes<D extends number>(at: usize): v128 {
  if (sizeof<D>() == 8) return f64x2.abs(v128.load(at));
  if (sizeof<D>() == 4) return f32x4.abs(v128.load(at));
  const bits = v128.and(v128.load16x4_u(at), i32x4.splat(0x7fff));
  if (isSigned<D>()) return i32x4.shl(bits, 16);
  // An f16 with its bits in place is 2^112 times too small as an f32, exactly; infinity and NaN need their exponent.
  const scaled = f32x4.mul(i32x4.shl(bits, 13), f32x4.splat(5192296858534827628530496329220096.0));
  return v128.or(scaled, v128.and(i32x4.ge_s(bits, i32x4.splat(0x7c00)), i32x4.splat(0x7f800000)));
}

function low<D extends number>(values: v128, _at: usize): v128 {
  return sizeof<D>() == 8 ? values : f64x2.promote_low_f32x4(values);
}

function high<D extends number>(values: v128, at: usize): v128 {
  return sizeof<D>() == 8
    ? f64x2.abs(v128.load(at, 16))
    : f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
}

function magnitude<D extends number>(at: usize): f64 {
  if (isFloat<D>()) return Math.abs(<f64>load<D>(at));
  const bits = <u32>load<u16>(at) & 0x7fff;
  if (isSigned<D>()) return <f64>reinterpret<f32>(bits << 16);
  const scaled = reinterpret<f32>(bits << 13) * <f32>5192296858534827628530496329220096.0;
  return <f64>(bits < 0x7c00 ? scaled : reinterpret<f32>((bits << 13) | 0x7f800000));
}

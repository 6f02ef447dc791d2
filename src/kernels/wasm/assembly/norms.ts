/**
 * Norms of groups, as far as they can be had without knowing the groups: of every run of `run` elements side by side, a
 * double at SUMS. Where neighbours belong to neighbouring groups, each joins the double of its group at NORMS. A value that
 * is not finite makes the double so.
 */
import { BF16, F16, F32, F64, high, low, magnitude, magnitudes } from './floats';
import { BLOCK, NORMS, SUMS } from './layout';

/** What is summed up, as types, so that each gets a loop of its own (`isSum` and so on). */
type Sum = u8;
type Squares = u16;
type Largest = u32;
type Least = u64;
type Nonzero = i8;

/** The kinds as wasm/groupNorms.ts names them. */
const SUM: i32 = 0;
const SQUARES: i32 = 1;
const LARGEST: i32 = 2;
const LEAST: i32 = 3;

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

export function joinF64(from: usize, count: usize, group: usize, kind: i32): void {
  join<F64>(from, count, group, kind);
}

export function joinF32(from: usize, count: usize, group: usize, kind: i32): void {
  join<F32>(from, count, group, kind);
}

export function joinF16(from: usize, count: usize, group: usize, kind: i32): void {
  join<F16>(from, count, group, kind);
}

export function joinBF16(from: usize, count: usize, group: usize, kind: i32): void {
  join<BF16>(from, count, group, kind);
}

/** @param from element of the block that belongs to `group`, the next to the next group, and so on */
function join<D extends number>(from: usize, count: usize, group: usize, kind: i32): void {
  const at = BLOCK + from * sizeof<D>();
  const to = NORMS + (group << 3);
  if (kind == SUM) joinEach<D, Sum>(at, count, to);
  else if (kind == SQUARES) joinEach<D, Squares>(at, count, to);
  else if (kind == LARGEST) joinEach<D, Largest>(at, count, to);
  else if (kind == LEAST) joinEach<D, Least>(at, count, to);
  else joinEach<D, Nonzero>(at, count, to);
}

function joinEach<D extends number, K>(at: usize, count: usize, to: usize): void {
  const fours = at + (count & ~3) * sizeof<D>();
  const end = at + count * sizeof<D>();
  for (; at < fours; at += 4 * sizeof<D>(), to += 32) {
    const values = magnitudes<D>(at);
    v128.store(to, joined<K>(v128.load(to), part<K>(low<D>(values, at))));
    v128.store(to, joined<K>(v128.load(to, 16), part<K>(high<D>(values, at))), 16);
  }
  for (; at < end; at += sizeof<D>(), to += 8) store<f64>(to, reduceFew<D, K>(at, at + sizeof<D>(), load<f64>(to)));
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

/**
 * Measuring f32 and f64: one pass over the block that counts every value in the table and sums its moments.
 * The vector loops suppose that all values are finite. One that is not turns the sum of squares into infinity or NaN,
 * and the moments (not the counts) are then taken again by the plain loop, which looks at every value.
 */
import { tally } from './bins';
import { BLOCK } from './layout';
import {
  FINITE,
  INFINITE,
  INFINITE_NEGATIVE,
  MAX,
  MIN,
  NEGATIVE_ZEROS,
  report,
  reported,
  SHIFT,
  SQUARES,
  SUM,
  ZEROS,
} from './results';

/** Below this share of the sum of squares the variance has lost ten of its 53 bits: the shift is too far from the mean. */
const ILL_CONDITIONED: f64 = 1.0 / 1024.0;

/** Sign and magnitude bin of a value: the top 16 bits of its f32. */
function topBits<T extends number>(value: T): u32 {
  return reinterpret<u32>(<f32>value) >>> 16;
}

/** @param shift subtracted from every value before summing; near the mean for good accuracy */
export function measureF32(count: u32, shift: f64): void {
  const end: usize = BLOCK + (count << 2);
  const vectorEnd: usize = BLOCK + ((count & ~3) << 2);
  const shifts = f64x2.splat(shift);
  const negativeZero = i32x4.splat(i32.MIN_VALUE);
  const none = i32x4.splat(0);
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let squares0 = f64x2.splat(0);
  let squares1 = f64x2.splat(0);
  let min = f32x4.splat(Infinity);
  let max = f32x4.splat(-Infinity);
  let zeros = none;
  let negativeZeros = none;
  for (let at: usize = BLOCK; at < vectorEnd; at += 16) {
    tally(load<u16>(at, 2));
    tally(load<u16>(at, 6));
    tally(load<u16>(at, 10));
    tally(load<u16>(at, 14));
    const values = v128.load(at);
    zeros = i32x4.sub(zeros, f32x4.eq(values, f32x4.splat(0)));
    negativeZeros = i32x4.sub(negativeZeros, i32x4.eq(values, negativeZero));
    min = f32x4.pmin(min, values);
    max = f32x4.pmax(max, values);
    const d0 = f64x2.sub(f64x2.promote_low_f32x4(values), shifts);
    const d1 = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3)), shifts);
    sum0 = f64x2.add(sum0, d0);
    sum1 = f64x2.add(sum1, d1);
    squares0 = f64x2.add(squares0, f64x2.mul(d0, d0));
    squares1 = f64x2.add(squares1, f64x2.mul(d1, d1));
  }
  for (let at = vectorEnd; at < end; at += 4) tally(load<u16>(at, 2));

  const squares = sumOfLanes(f64x2.add(squares0, squares1));
  if (!isFinite(squares)) {
    measureEach<f32>(BLOCK, end, shift);
    recentre<f32>(end);
    return;
  }
  measureEach<f32>(vectorEnd, end, shift);
  addToReport(<u32>(vectorEnd - BLOCK) >>> 2, sumOfLanes(f64x2.add(sum0, sum1)), squares);
  if (vectorEnd > BLOCK) {
    extend<f32>(min, max);
    report(ZEROS, reported(ZEROS) + <f64>sumOfCounts(zeros));
    report(NEGATIVE_ZEROS, reported(NEGATIVE_ZEROS) + <f64>sumOfCounts(negativeZeros));
  }
  recentre<f32>(end);
}

/** As measureF32; a value's bin is that of its f32, rounded to nearest (overflow goes to infinity's bin). */
export function measureF64(count: u32, shift: f64): void {
  const end: usize = BLOCK + (count << 3);
  const vectorEnd: usize = BLOCK + ((count & ~3) << 3);
  const shifts = f64x2.splat(shift);
  const negativeZero = i64x2.splat(i64.MIN_VALUE);
  const zero = f64x2.splat(0);
  let sum0 = zero;
  let sum1 = zero;
  let squares0 = zero;
  let squares1 = zero;
  let min = f64x2.splat(Infinity);
  let max = f64x2.splat(-Infinity);
  let zeros = i64x2.splat(0);
  let negativeZeros = i64x2.splat(0);
  for (let at: usize = BLOCK; at < vectorEnd; at += 32) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const narrow = v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
    tally(<u32>i32x4.extract_lane(narrow, 0) >>> 16);
    tally(<u32>i32x4.extract_lane(narrow, 1) >>> 16);
    tally(<u32>i32x4.extract_lane(narrow, 2) >>> 16);
    tally(<u32>i32x4.extract_lane(narrow, 3) >>> 16);
    zeros = i64x2.sub(i64x2.sub(zeros, f64x2.eq(a, zero)), f64x2.eq(b, zero));
    negativeZeros = i64x2.sub(i64x2.sub(negativeZeros, i64x2.eq(a, negativeZero)), i64x2.eq(b, negativeZero));
    min = f64x2.pmin(f64x2.pmin(min, a), b);
    max = f64x2.pmax(f64x2.pmax(max, a), b);
    const d0 = f64x2.sub(a, shifts);
    const d1 = f64x2.sub(b, shifts);
    sum0 = f64x2.add(sum0, d0);
    sum1 = f64x2.add(sum1, d1);
    squares0 = f64x2.add(squares0, f64x2.mul(d0, d0));
    squares1 = f64x2.add(squares1, f64x2.mul(d1, d1));
  }
  for (let at = vectorEnd; at < end; at += 8) tally(topBits<f64>(load<f64>(at)));

  const squares = sumOfLanes(f64x2.add(squares0, squares1));
  if (!isFinite(squares)) {
    measureEach<f64>(BLOCK, end, shift);
    recentre<f64>(end);
    return;
  }
  measureEach<f64>(vectorEnd, end, shift);
  addToReport(<u32>(vectorEnd - BLOCK) >>> 3, sumOfLanes(f64x2.add(sum0, sum1)), squares);
  if (vectorEnd > BLOCK) {
    extend<f64>(min, max);
    report(ZEROS, reported(ZEROS) + <f64>(i64x2.extract_lane(zeros, 0) + i64x2.extract_lane(zeros, 1)));
    report(
      NEGATIVE_ZEROS,
      reported(NEGATIVE_ZEROS) + <f64>(i64x2.extract_lane(negativeZeros, 0) + i64x2.extract_lane(negativeZeros, 1)),
    );
  }
  recentre<f64>(end);
}

/** Reports everything of the values in `[from, to)` one by one, leaving NaN and infinities out of all but their counts. */
function measureEach<T extends number>(from: usize, to: usize, shift: f64): void {
  let finite: u32 = 0;
  let infinities: u32 = 0;
  let negativeInfinities: u32 = 0;
  let zeros: u32 = 0;
  let negativeZeros: u32 = 0;
  let sum: f64 = 0;
  let squares: f64 = 0;
  let min: f64 = Infinity;
  let max: f64 = -Infinity;
  for (let at = from; at < to; at += sizeof<T>()) {
    const value = <f64>load<T>(at);
    if (!isFinite(value)) {
      infinities += u32(value == value);
      negativeInfinities += u32(value == -Infinity);
      continue;
    }
    finite++;
    zeros += u32(value == 0);
    negativeZeros += u32(reinterpret<i64>(value) == i64.MIN_VALUE);
    const deviation = value - shift;
    sum += deviation;
    squares += deviation * deviation;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  report(FINITE, finite);
  report(INFINITE, infinities);
  report(INFINITE_NEGATIVE, negativeInfinities);
  report(ZEROS, zeros);
  report(NEGATIVE_ZEROS, negativeZeros);
  report(SHIFT, shift);
  report(SUM, sum);
  report(SQUARES, squares);
  report(MIN, min);
  report(MAX, max);
}

function addToReport(finite: u32, sum: f64, squares: f64): void {
  report(FINITE, reported(FINITE) + <f64>finite);
  report(SUM, reported(SUM) + sum);
  report(SQUARES, reported(SQUARES) + squares);
}

/** Widens the reported extremes by those of the vectors. */
function extend<T extends number>(mins: v128, maxs: v128): void {
  let min = reported(MIN);
  let max = reported(MAX);
  if (sizeof<T>() == 4) {
    min = Math.min(min, leastOfF32(mins));
    max = Math.max(max, -leastOfF32(f32x4.neg(maxs)));
  } else {
    min = Math.min(min, Math.min(f64x2.extract_lane(mins, 0), f64x2.extract_lane(mins, 1)));
    max = Math.max(max, Math.max(f64x2.extract_lane(maxs, 0), f64x2.extract_lane(maxs, 1)));
  }
  report(MIN, min);
  report(MAX, max);
}

/** Takes the moments again around the mean when the shift was too far from it for the variance to be accurate. */
function recentre<T extends number>(end: usize): void {
  const finite = reported(FINITE);
  const sum = reported(SUM);
  const squares = reported(SQUARES);
  if (squares - (sum * sum) / finite < squares * ILL_CONDITIONED) {
    measureEach<T>(BLOCK, end, reported(SHIFT) + sum / finite);
  }
}

function leastOfF32(values: v128): f64 {
  return Math.min(
    Math.min(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)),
    Math.min(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  );
}

function sumOfLanes(values: v128): f64 {
  return f64x2.extract_lane(values, 0) + f64x2.extract_lane(values, 1);
}

function sumOfCounts(counts: v128): u32 {
  return (
    i32x4.extract_lane(counts, 0) +
    i32x4.extract_lane(counts, 1) +
    i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3)
  );
}

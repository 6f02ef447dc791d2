/**
 * Applying a threshold, one kernel for all dtypes: floats of any width compare like integers of that width once the
 * sign is undone. The key of a value is its magnitude bits, for the signed criterion with its sign (so -0 equals 0).
 */
import { BLOCK, padBlock, SCRATCH, STRIDE } from './layout';
import { CHANGED, PRUNED, report, TIES_USED, ZEROS } from './results';

/** As `ties`: all of them. */
export const ALL: u32 = u32.MAX_VALUE;

/** The two criteria as types, so that each gets a loop of its own without a branch inside (`isSigned`). */
export type Magnitude = u8;
export type Signed = i8;

export function applyF64(bytes: usize, signed: bool, threshold: i64, infinity: i64, ties: u32): void {
  if (signed) applyThreshold<i64, Signed>(bytes, threshold, infinity, ties);
  else applyThreshold<i64, Magnitude>(bytes, threshold, infinity, ties);
}

export function applyF32(bytes: usize, signed: bool, threshold: i32, infinity: i32, ties: u32): void {
  if (signed) applyThreshold<i32, Signed>(bytes, threshold, infinity, ties);
  else applyThreshold<i32, Magnitude>(bytes, threshold, infinity, ties);
}

export function applyHalf(bytes: usize, signed: bool, threshold: i32, infinity: i32, ties: u32): void {
  if (signed) applyThreshold<i16, Signed>(bytes, <i16>threshold, <i16>infinity, ties);
  else applyThreshold<i16, Magnitude>(bytes, <i16>threshold, <i16>infinity, ties);
}

/**
 * Zeroes what has a key below `threshold`, and the first `ties` elements whose key equals it.
 * @param threshold a key between those of the infinities, or -1 for "no magnitude"
 * @param infinity key of positive infinity: magnitudes from here on, NaN among them, stay
 */
function applyThreshold<T extends number, Criterion>(bytes: usize, threshold: T, infinity: T, ties: u32): void {
  padBlock(bytes);
  report(CHANGED, 0);
  const tiesUsed = ties == ALL || ties == 0 ? 0 : applyTies<T, Criterion>(bytes, threshold, ties);
  // The last key that goes whatever its place.
  const last: T = ties == ALL ? threshold : <T>(threshold - 1);
  const lasts = v128.splat<T>(last);
  const lowest = v128.neg<T>(v128.splat<T>(infinity));
  let pruned = i64x2.splat(0);
  let changed = i64x2.splat(0);
  for (let at: usize = BLOCK, end = BLOCK + bytes; at < end; at += 16) {
    const values = v128.load(at);
    const keys = keysOf<T, Criterion>(values);
    let gone = v128.le<T>(keys, lasts);
    if (isSigned<Criterion>()) gone = v128.and(gone, v128.gt<T>(keys, lowest));
    v128.store(at, v128.andnot(values, gone));
    pruned = v128.sub<T>(pruned, gone);
    changed = v128.or(changed, v128.and(values, gone));
  }
  // The ties are zeros by now: at and above zero the loop has counted them, with every other zero.
  const zerosGo = last >= <T>0;
  const count = sumOfLanes<T>(pruned) + (zerosGo ? 0 : tiesUsed);
  report(PRUNED, <f64>count);
  report(ZEROS, <f64>(zerosGo ? count : countZeros<T>(bytes)));
  report(TIES_USED, <f64>tiesUsed);
  if (v128.any_true(changed)) report(CHANGED, 1);
}

/** Zeroes the first `ties` elements with the key `threshold`. @returns how many there were, at most `ties` */
function applyTies<T extends number, Criterion>(bytes: usize, threshold: T, ties: u32): u32 {
  const thresholds = v128.splat<T>(threshold);
  const end = BLOCK + bytes;
  let left = ties;
  for (let at: usize = BLOCK; at < end && left > 0; at += STRIDE) {
    const first = v128.or(equals<T, Criterion>(at, thresholds), equals<T, Criterion>(at + 16, thresholds));
    const second = v128.or(equals<T, Criterion>(at + 32, thresholds), equals<T, Criterion>(at + 48, thresholds));
    if (!v128.any_true(v128.or(first, second))) continue;
    for (let vector = at; vector < at + STRIDE; vector += 16) {
      let lanes = v128.bitmask<T>(equals<T, Criterion>(vector, thresholds));
      for (; lanes != 0 && left > 0; lanes &= lanes - 1) {
        const place = vector + ctz(lanes) * sizeof<T>();
        if (load<T>(place) != 0) report(CHANGED, 1);
        store<T>(place, <T>0);
        left--;
      }
    }
  }
  return ties - left;
}

function equals<T extends number, Criterion>(at: usize, keys: v128): v128 {
  return v128.eq<T>(keysOf<T, Criterion>(v128.load(at)), keys);
}

export function keysOf<T extends number, Criterion>(values: v128): v128 {
  const magnitudes = v128.andnot(values, v128.shl<T>(v128.splat<T>(<T>1), sizeof<T>() * 8 - 1));
  if (!isSigned<Criterion>()) return magnitudes;
  // Two's complement negation where the sign is set.
  const signs = v128.shr<T>(values, sizeof<T>() * 8 - 1);
  return v128.sub<T>(v128.xor(magnitudes, signs), signs);
}

export function countZeros<T extends number>(bytes: usize): u32 {
  let zeros = i64x2.splat(0);
  for (let at: usize = BLOCK, end = BLOCK + bytes; at < end; at += 16) {
    zeros = v128.sub<T>(zeros, v128.eq<T>(keysOf<T, Magnitude>(v128.load(at)), i64x2.splat(0)));
  }
  return sumOfLanes<T>(zeros);
}

/** A block has at most 4,096 vectors, so that no lane of counts overflows, not even one of 16 bits. */
export function sumOfLanes<T extends number>(counts: v128): u32 {
  v128.store(SCRATCH, counts);
  let sum: u32 = 0;
  for (let at = SCRATCH; at < SCRATCH + 16; at += sizeof<T>()) sum += <u32>load<T>(at);
  return sum;
}

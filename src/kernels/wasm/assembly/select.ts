/**
 * Choosing the lowest of long rows, which lie side by side: the key at which enough are reached is found by halving, since
 * counting keys above a bound is all vectors and no branches.
 */

import { sumOfLanes } from './apply';
import { gather } from './lanes';
import { GONE, SCORES, SUMS } from './layout';
import { makeKeys } from './pattern';

/** Once at most one of so many keys is between the bounds, those alone are looked at: by then picking them out is quick. */
const FEW: u32 = 16;

/** @param going of every `m`; the rest as patternF64's */
export function selectF64(count: usize, signed: bool, infinity: i64, m: usize, going: u32, removedFirst: bool): void {
  makeKeys<i64>(count, signed, infinity, removedFirst);
  for (let row: usize = 0; row < count; row += m) select<i64>(row, row + m, going);
}

export function selectF32(count: usize, signed: bool, infinity: i32, m: usize, going: u32, removedFirst: bool): void {
  makeKeys<i32>(count, signed, infinity, removedFirst);
  for (let row: usize = 0; row < count; row += m) select<i32>(row, row + m, going);
}

export function selectHalf(count: usize, signed: bool, infinity: i32, m: usize, going: u32, removedFirst: bool): void {
  makeKeys<i16>(count, signed, <i16>infinity, removedFirst);
  for (let row: usize = 0; row < count; row += m) select<i16>(row, row + m, going);
}

/** @param going 1 to `end - start` */
function select<T extends number>(start: usize, end: usize, going: u32): void {
  // The highest is the key of what stays: when the search ends there, all others go.
  const lowest = <T>((<T>1) << (<T>(sizeof<T>() * 8 - 1)));
  let low = lowest;
  let high = <T>(lowest - 1);
  // Of the row, so many are below `low` and up to `high`; the keys looked at have `passed` of the row below them.
  let below: u32 = 0;
  let upTo = <u32>(end - start);
  let at: usize = SCORES + start * sizeof<T>();
  let count = upTo;
  let passed: u32 = 0;
  while (low < high) {
    // Their mean, rounded down, without overflow.
    const middle = <T>((low & high) + ((low ^ high) >> 1));
    const upToMiddle = passed + count - countAbove<T>(at, count, middle);
    if (upToMiddle >= going) {
      high = middle;
      upTo = upToMiddle;
    } else {
      low = <T>(middle + 1);
      below = upToMiddle;
    }
    if ((upTo - below) * FEW > count) continue;
    count = pick<T>(at, count, low, high);
    at = SUMS;
    passed = below;
  }
  choose<T>(start, end, low, low == <T>(lowest - 1) ? 0 : going - below);
}

/** Copies the keys from `low` to `high` to SUMS, where they may lie already. @returns how many */
function pick<T extends number>(at: usize, count: u32, low: T, high: T): u32 {
  const end = at + count * sizeof<T>();
  const vectorEnd = at + (count & ~(16 / sizeof<T>() - 1)) * sizeof<T>();
  const lows = v128.splat<T>(low);
  const highs = v128.splat<T>(high);
  let to = SUMS;
  for (; at < vectorEnd; at += 16) {
    const keys = v128.load(at);
    let lanes = v128.bitmask<T>(v128.andnot(v128.le<T>(keys, highs), v128.lt<T>(keys, lows)));
    for (; lanes != 0; lanes &= lanes - 1, to += sizeof<T>()) store<T>(to, load<T>(at + ctz(lanes) * sizeof<T>()));
  }
  for (; at < end; at += sizeof<T>()) {
    const key: T = load<T>(at);
    if (key < low || key > high) continue;
    store<T>(to, key);
    to += sizeof<T>();
  }
  return <u32>((to - SUMS) / sizeof<T>());
}

/** Chooses those with a key below `bound`, and the first `ties` with that key. */
function choose<T extends number>(start: usize, end: usize, bound: T, ties: u32): void {
  const vectorEnd = start + ((end - start) & ~(16 / sizeof<T>() - 1));
  const bounds = v128.splat<T>(bound);
  let left = ties;
  for (let i = start; i < vectorEnd; i += 16 / sizeof<T>()) {
    const keys = v128.load(SCORES + i * sizeof<T>());
    gather<T>(GONE + i, v128.lt<T>(keys, bounds));
    if (left == 0) continue;
    let lanes = v128.bitmask<T>(v128.eq<T>(keys, bounds));
    for (; lanes != 0 && left > 0; lanes &= lanes - 1, left--) store<i8>(GONE + i + ctz(lanes), -1);
  }
  for (let i = vectorEnd; i < end; i++) {
    const key: T = load<T>(SCORES + i * sizeof<T>());
    const isTie = key == bound && left > 0;
    if (isTie) left--;
    store<i8>(GONE + i, key < bound || isTie ? -1 : 0);
  }
}

/** A row has too few vectors for a lane of counts to overflow. */
function countAbove<T extends number>(at: usize, count: u32, key: T): u32 {
  const lanes: u32 = 16 / sizeof<T>();
  const end = at + count * sizeof<T>();
  const foursEnd = at + (count & ~(4 * lanes - 1)) * sizeof<T>();
  const keys = v128.splat<T>(key);
  let even = i64x2.splat(0);
  let odd = even;
  for (; at < foursEnd; at += 64) {
    even = v128.sub<T>(even, v128.gt<T>(v128.load(at), keys));
    odd = v128.sub<T>(odd, v128.gt<T>(v128.load(at, 16), keys));
    even = v128.sub<T>(even, v128.gt<T>(v128.load(at, 32), keys));
    odd = v128.sub<T>(odd, v128.gt<T>(v128.load(at, 48), keys));
  }
  let above = sumOfLanes<T>(v128.add<T>(even, odd));
  for (; at < end; at += sizeof<T>()) {
    const other: T = load<T>(at);
    above += u32(other > key);
  }
  return above;
}

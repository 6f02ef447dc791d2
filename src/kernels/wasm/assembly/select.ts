/**
 * Choosing the lowest of long rows, which lie side by side: the key at which enough are reached is found by halving, since
 * counting keys up to a bound is all vectors and no branches.
 */

import { sumOfLanes } from './apply';
import { gather } from './lanes';
import { GONE, SCORES } from './layout';
import { makeKeys } from './pattern';

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
  const lowest = <T>((<T>1) << (<T>(sizeof<T>() * 8 - 1)));
  // The key of what stays: when the search ends there, all others go.
  const highest = <T>(lowest - 1);
  let low = lowest;
  let high = highest;
  while (low < high) {
    // Their mean, rounded down, without overflow.
    const middle = <T>((low & high) + ((low ^ high) >> 1));
    if (countUpTo<T>(start, end, middle) >= going) high = middle;
    else low = <T>(middle + 1);
  }
  const below: u32 = low == lowest ? 0 : countUpTo<T>(start, end, <T>(low - 1));
  let ties: u32 = low == highest ? 0 : going - below;
  const vectorEnd = start + ((end - start) & ~(16 / sizeof<T>() - 1));
  const bound = v128.splat<T>(low);
  for (let i = start; i < vectorEnd; i += 16 / sizeof<T>()) {
    gather<T>(GONE + i, v128.lt<T>(v128.load(SCORES + i * sizeof<T>()), bound));
  }
  for (let i = vectorEnd; i < end; i++) {
    const key: T = load<T>(SCORES + i * sizeof<T>());
    store<i8>(GONE + i, key < low ? -1 : 0);
  }
  for (let i = start; i < end && ties > 0; i++) {
    const key: T = load<T>(SCORES + i * sizeof<T>());
    if (key != low) continue;
    store<i8>(GONE + i, -1);
    ties--;
  }
}

/** A row has too few vectors for a lane of counts to overflow. */
function countUpTo<T extends number>(start: usize, end: usize, key: T): u32 {
  const vectorEnd = start + ((end - start) & ~(16 / sizeof<T>() - 1));
  const keys = v128.splat<T>(key);
  let counts = i64x2.splat(0);
  for (let i = start; i < vectorEnd; i += 16 / sizeof<T>()) {
    counts = v128.sub<T>(counts, v128.le<T>(v128.load(SCORES + i * sizeof<T>()), keys));
  }
  let count = sumOfLanes<T>(counts);
  for (let i = vectorEnd; i < end; i++) {
    const other: T = load<T>(SCORES + i * sizeof<T>());
    count += u32(other <= key);
  }
  return count;
}

/**
 * Choosing the lowest of every m neighbours. Elements are ranked by keys (apply.ts): those that stay whatever their rank
 * have the highest key there is, those removed before the lowest, so that they are counted among the ones that go, or
 * the highest, so that they are not.
 */
import { keysOf, Magnitude, Signed } from './apply';
import { gather, spread } from './lanes';
import { GONE, SCORES, STATES } from './layout';

/**
 * @param count elements, in whole units of `rows * stride`
 * @param rows of m, and what is left over of the axis
 * @param going so many of each m go
 * @param removedFirst whether those removed before are among them
 */
export function patternF64(
  count: usize,
  signed: bool,
  infinity: i64,
  m: usize,
  rows: usize,
  stride: usize,
  going: u32,
  removedFirst: bool,
): void {
  makeKeys<i64>(count, signed, infinity, removedFirst);
  if (m == 4 && rows == 4 && stride == 1) rankFoursF64(count, going);
  else rank<i64>(count, m, rows, stride, going);
}

export function patternF32(
  count: usize,
  signed: bool,
  infinity: i32,
  m: usize,
  rows: usize,
  stride: usize,
  going: u32,
  removedFirst: bool,
): void {
  makeKeys<i32>(count, signed, infinity, removedFirst);
  if (m == 4 && rows == 4 && stride == 1) rankFours<i32>(count, going);
  else rank<i32>(count, m, rows, stride, going);
}

export function patternHalf(
  count: usize,
  signed: bool,
  infinity: i32,
  m: usize,
  rows: usize,
  stride: usize,
  going: u32,
  removedFirst: bool,
): void {
  makeKeys<i16>(count, signed, <i16>infinity, removedFirst);
  if (m == 4 && rows == 4 && stride == 1) rankFours<i16>(count, going);
  else rank<i16>(count, m, rows, stride, going);
}

export function makeKeys<T extends number>(count: usize, signed: bool, infinity: T, removedFirst: bool): void {
  if (signed) keysInPlace<T, Signed>(count, infinity, removedFirst);
  else keysInPlace<T, Magnitude>(count, infinity, removedFirst);
}

/** Replaces SCORES by the keys of their elements. */
function keysInPlace<T extends number, Criterion>(count: usize, infinity: T, removedFirst: bool): void {
  const highest = v128.not(v128.shl<T>(v128.splat<T>(<T>1), sizeof<T>() * 8 - 1));
  const lowest = v128.not(highest);
  const ofRemoved = removedFirst ? lowest : highest;
  const infinities = v128.splat<T>(infinity);
  const none = i64x2.splat(0);
  for (let i: usize = 0; i < count; i += 16 / sizeof<T>()) {
    const at = SCORES + i * sizeof<T>();
    const states = spread<T>(STATES + i);
    let keys = keysOf<T, Criterion>(v128.load(at));
    let able = v128.and(v128.lt<T>(states, none), v128.lt<T>(keys, infinities));
    if (isSigned<Criterion>()) able = v128.and(able, v128.gt<T>(keys, v128.neg<T>(infinities)));
    keys = v128.bitselect(keys, highest, able);
    v128.store(at, v128.bitselect(ofRemoved, keys, v128.eq<T>(states, none)));
  }
}

function rank<T extends number>(count: usize, m: usize, rows: usize, stride: usize, going: u32): void {
  const wholeRows = rows - (rows % m);
  for (let base: usize = 0; base < count; base += rows * stride) {
    for (let row: usize = 0; row < wholeRows; row += m) {
      if (stride == 1) rankStrip<T>(base + row, m, going);
      else rankColumns<T>(base + row * stride, m, stride, going);
    }
    memory.fill(GONE + base + wholeRows * stride, 0, (rows - wholeRows) * stride);
  }
}

/** Chooses among the m elements from `start` on, side by side. */
function rankStrip<T extends number>(start: usize, m: usize, going: u32): void {
  const end = start + m;
  for (let i = start; i < end; i++) {
    const key: T = load<T>(SCORES + i * sizeof<T>());
    let lower: u32 = 0;
    for (let j = start; j < i; j++) {
      const other: T = load<T>(SCORES + j * sizeof<T>());
      lower += u32(other <= key);
    }
    for (let j = i + 1; j < end; j++) {
      const other: T = load<T>(SCORES + j * sizeof<T>());
      lower += u32(other < key);
    }
    // The highest key of all is that of what stays.
    const stays = key == <T>(((<T>1) << (<T>(sizeof<T>() * 8 - 1))) - 1);
    store<i8>(GONE + i, lower < going && !stays ? -1 : 0);
  }
}

/**
 * The same in each of `stride` columns, of m rows from `start` on. What the last vector of a row chooses beyond it is
 * chosen again by the rows that come after.
 */
function rankColumns<T extends number>(start: usize, m: usize, stride: usize, going: u32): void {
  const highest = v128.not(v128.shl<T>(v128.splat<T>(<T>1), sizeof<T>() * 8 - 1));
  const enough = v128.splat<T>(<T>going);
  const rowBytes = stride * sizeof<T>();
  for (let row: usize = 0; row < m; row++) {
    for (let column: usize = 0; column < stride; column += 16 / sizeof<T>()) {
      const first = SCORES + (start + column) * sizeof<T>();
      const own = first + row * rowBytes;
      const keys = v128.load(own);
      // Each that is lower counts -1.
      let lower = i64x2.splat(0);
      for (let at = first; at < own; at += rowBytes) lower = v128.add<T>(lower, v128.le<T>(v128.load(at), keys));
      for (let at = own + rowBytes, end = first + m * rowBytes; at < end; at += rowBytes) {
        lower = v128.add<T>(lower, v128.lt<T>(v128.load(at), keys));
      }
      const goes = v128.gt<T>(v128.add<T>(lower, enough), i64x2.splat(0));
      gather<T>(GONE + start + row * stride + column, v128.andnot(goes, v128.eq<T>(keys, highest)));
    }
  }
}

/** The same for fours side by side: each is held against the other three by rotating them. */
function rankFours<T extends number>(count: usize, going: u32): void {
  const highest = v128.not(v128.shl<T>(v128.splat<T>(<T>1), sizeof<T>() * 8 - 1));
  const enough = v128.splat<T>(<T>going);
  // After a rotation by r, lane i meets lane (i + r) % 4, which comes before it where it has come round.
  const before1 = fourLanes<T>(0, 0, 0, -1);
  const before2 = fourLanes<T>(0, 0, -1, -1);
  const before3 = fourLanes<T>(0, -1, -1, -1);
  for (let i: usize = 0; i < count; i += 16 / sizeof<T>()) {
    const keys = v128.load(SCORES + i * sizeof<T>());
    let other = rotated<T>(keys);
    let lower = isLower<T>(other, keys, before1);
    other = rotated<T>(other);
    lower = v128.add<T>(lower, isLower<T>(other, keys, before2));
    other = rotated<T>(other);
    lower = v128.add<T>(lower, isLower<T>(other, keys, before3));
    // Each that is lower has counted -1.
    const goes = v128.gt<T>(v128.add<T>(lower, enough), i64x2.splat(0));
    gather<T>(GONE + i, v128.andnot(goes, v128.eq<T>(keys, highest)));
  }
}

function isLower<T extends number>(other: v128, keys: v128, comesBefore: v128): v128 {
  return v128.or(v128.lt<T>(other, keys), v128.and(v128.eq<T>(other, keys), comesBefore));
}

/** Every four lanes moved down by one, the first to the end. */
function rotated<T extends number>(keys: v128): v128 {
  return sizeof<T>() == 4
    ? v128.shuffle<i32>(keys, keys, 1, 2, 3, 0)
    : v128.shuffle<i16>(keys, keys, 1, 2, 3, 0, 5, 6, 7, 4);
}

function fourLanes<T extends number>(a: i32, b: i32, c: i32, d: i32): v128 {
  let words = i32x4.splat(a);
  words = i32x4.replace_lane(words, 1, b);
  words = i32x4.replace_lane(words, 2, c);
  words = i32x4.replace_lane(words, 3, d);
  return sizeof<T>() == 4 ? words : i16x8.narrow_i32x4_s(words, words);
}

/** As rankFours, where a four takes two vectors. */
function rankFoursF64(count: usize, going: u32): void {
  const highest = i64x2.splat(i64.MAX_VALUE);
  const enough = i64x2.splat(going);
  const none = i64x2.splat(0);
  const all = i64x2.splat(-1);
  const second = i64x2(0, -1);
  for (let i: usize = 0; i < count; i += 4) {
    const a = v128.load(SCORES + (i << 3));
    const b = v128.load(SCORES + (i << 3), 16);
    const otherA = v128.shuffle<i64>(a, a, 1, 0);
    const otherB = v128.shuffle<i64>(b, b, 1, 0);
    let lower = i64x2.add(isLower<i64>(b, a, none), isLower<i64>(otherB, a, none));
    lower = i64x2.add(lower, isLower<i64>(otherA, a, second));
    gather<i64>(GONE + i, v128.andnot(i64x2.gt_s(i64x2.add(lower, enough), none), i64x2.eq(a, highest)));
    lower = i64x2.add(isLower<i64>(a, b, all), isLower<i64>(otherA, b, all));
    lower = i64x2.add(lower, isLower<i64>(otherB, b, second));
    gather<i64>(GONE + i + 2, v128.andnot(i64x2.gt_s(i64x2.add(lower, enough), none), i64x2.eq(b, highest)));
  }
}

/** Choosing by a threshold on scores, which lie beside the elements. Keys and thresholds are those of apply.ts. */
import { ALL, keysOf, Magnitude, Signed } from './apply';
import { gather, spread } from './lanes';
import { GONE, SCORES, STATES } from './layout';
import { report, TIES_USED } from './results';

export function chooseF64(count: usize, signed: bool, threshold: i64, infinity: i64, ties: u32): void {
  if (signed) choose<i64, Signed>(count, threshold, infinity, ties);
  else choose<i64, Magnitude>(count, threshold, infinity, ties);
}

export function chooseF32(count: usize, signed: bool, threshold: i32, infinity: i32, ties: u32): void {
  if (signed) choose<i32, Signed>(count, threshold, infinity, ties);
  else choose<i32, Magnitude>(count, threshold, infinity, ties);
}

export function chooseHalf(count: usize, signed: bool, threshold: i32, infinity: i32, ties: u32): void {
  if (signed) choose<i16, Signed>(count, <i16>threshold, <i16>infinity, ties);
  else choose<i16, Magnitude>(count, <i16>threshold, <i16>infinity, ties);
}

function choose<T extends number, Criterion>(count: usize, threshold: T, infinity: T, ties: u32): void {
  const lasts = v128.splat<T>(ties == ALL ? threshold : <T>(threshold - 1));
  const lowest = v128.neg<T>(v128.splat<T>(infinity));
  for (let i: usize = 0; i < count; i += 16 / sizeof<T>()) {
    const keys = keysOf<T, Criterion>(v128.load(SCORES + i * sizeof<T>()));
    let gone = v128.le<T>(keys, lasts);
    if (isSigned<Criterion>()) gone = v128.and(gone, v128.gt<T>(keys, lowest));
    gather<T>(GONE + i, gone);
  }
  report(TIES_USED, ties == ALL || ties == 0 ? 0 : <f64>chooseTies<T, Criterion>(count, threshold, ties));
}

/** Chooses the first `ties` elements that may go and have the key `threshold`. @returns how many there were */
function chooseTies<T extends number, Criterion>(count: usize, threshold: T, ties: u32): u32 {
  const thresholds = v128.splat<T>(threshold);
  let left = ties;
  for (let i: usize = 0; i < count && left > 0; i += 16 / sizeof<T>()) {
    const tied = v128.eq<T>(keysOf<T, Criterion>(v128.load(SCORES + i * sizeof<T>())), thresholds);
    if (!v128.any_true(tied)) continue;
    let lanes = v128.bitmask<T>(v128.and(tied, v128.lt<T>(spread<T>(STATES + i), i64x2.splat(0))));
    for (; lanes != 0 && left > 0; lanes &= lanes - 1) {
      store<i8>(GONE + i + ctz(lanes), -1);
      left--;
    }
  }
  return ties - left;
}

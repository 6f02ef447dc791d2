/**
 * What all masks but a plain threshold have in common: first the state of every element, then something chooses (GONE),
 * then the chosen are erased. A state is a byte: 0 removed before, 1 to stay whatever is chosen (NaN, infinities), -1
 * may go.
 */
import { countZeros, sumOfLanes } from './apply';
import { gather, spread } from './lanes';
import { BLOCK, GONE, padBlock, STATES, STRIDE } from './layout';
import { CHANGED, PRUNED, report, ZEROS } from './results';

export function stateF64(count: usize, infinity: i64): void {
  state<i64>(count, infinity);
}

export function stateF32(count: usize, infinity: i32): void {
  state<i32>(count, infinity);
}

export function stateHalf(count: usize, infinity: i32): void {
  state<i16>(count, <i16>infinity);
}

/** Where STATES has 0 so it stays; anything else becomes the state of the element in the block. */
function state<T extends number>(count: usize, infinity: T): void {
  memory.fill(STATES + count, 0, STRIDE);
  const magnitudeBits = v128.not(v128.shl<T>(v128.splat<T>(<T>1), sizeof<T>() * 8 - 1));
  const none = i64x2.splat(0);
  for (let i: usize = 0; i < count; i += 16 / sizeof<T>()) {
    const magnitudes = v128.and(v128.load(BLOCK + i * sizeof<T>()), magnitudeBits);
    const finite = v128.lt<T>(magnitudes, v128.splat<T>(infinity));
    const here = v128.ne<T>(spread<T>(STATES + i), none);
    gather<T>(STATES + i, v128.and(here, v128.or(finite, v128.splat<T>(<T>1))));
  }
}

export function eraseF64(count: usize): void {
  erase<i64>(count);
}

export function eraseF32(count: usize): void {
  erase<i32>(count);
}

export function eraseHalf(count: usize): void {
  erase<i16>(count);
}

/** Zeroes what is chosen and may go; in GONE those alone are left. */
function erase<T extends number>(count: usize): void {
  padBlock(count * sizeof<T>());
  const none = i64x2.splat(0);
  let pruned = none;
  let changed = none;
  for (let i: usize = 0; i < count; i += 16 / sizeof<T>()) {
    const able = v128.lt<T>(spread<T>(STATES + i), none);
    const gone = v128.and(v128.ne<T>(spread<T>(GONE + i), none), able);
    gather<T>(GONE + i, gone);
    const at = BLOCK + i * sizeof<T>();
    const values = v128.load(at);
    v128.store(at, v128.andnot(values, gone));
    pruned = v128.sub<T>(pruned, gone);
    changed = v128.or(changed, v128.and(values, gone));
  }
  report(PRUNED, <f64>sumOfLanes<T>(pruned));
  report(ZEROS, <f64>countZeros<T>(count * sizeof<T>()));
  report(CHANGED, v128.any_true(changed) ? 1 : 0);
}

/** After erasing: of each element's state is left whether it is there, 1 or 0. */
export function leave(count: usize): void {
  const none = i64x2.splat(0);
  for (let i: usize = 0; i < count; i += 16) {
    const was = i8x16.ne(v128.load(STATES + i), none);
    v128.store(STATES + i, v128.and(v128.andnot(was, v128.load(GONE + i)), i8x16.splat(1)));
  }
}

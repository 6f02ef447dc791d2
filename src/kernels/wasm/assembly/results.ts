/** What a call reports: doubles at RESULTS, by index. wasm/instance.ts reads them by the same indices. */
import { RESULTS } from './layout';

// Measuring.
export const FINITE = 0;
/** Of either sign; for F64 the table counts them in the last bin with the finite values that overflow f32. */
export const INFINITE = 1;
export const INFINITE_NEGATIVE = 2;
export const ZEROS = 3;
export const NEGATIVE_ZEROS = 4;
/** Of |w| over the finite values; LOW above HIGH when there are none. */
export const LOW_BIN = 5;
export const HIGH_BIN = 6;
/** SUM and SQUARES are of w - SHIFT and its square, over the finite values. */
export const SHIFT = 7;
export const SUM = 8;
export const SQUARES = 9;
export const MIN = 10;
export const MAX = 11;
// Applying (ZEROS too).
export const PRUNED = 12;
export const TIES_USED = 13;
export const CHANGED = 14;
// Refining half floats.
export const POSITIVE = 0;
export const NEGATIVE = 1;

export function report(index: usize, value: f64): void {
  store<f64>(RESULTS + (index << 3), value);
}

export function reported(index: usize): f64 {
  return load<f64>(RESULTS + (index << 3));
}

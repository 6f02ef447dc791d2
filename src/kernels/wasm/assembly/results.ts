/** What a call reports: doubles at RESULTS, by index. wasm/instance.ts reads them by the same indices. */
import { RESULTS } from './layout';

// Measuring.
export const FINITE = 0;
/** Of either sign; for F64 the table counts them in the last bin with the finite values that overflow f32. */
export const INFINITE = 1;
export const INFINITE_NEGATIVE = 2;
export const ZEROS = 3;
export const NEGATIVE_ZEROS = 4;
/** SUM and SQUARES are of w - SHIFT and its square, over the finite values. */
export const SHIFT = 5;
export const SUM = 6;
export const SQUARES = 7;
export const MIN = 8;
export const MAX = 9;
// Applying (ZEROS too).
export const PRUNED = 10;
export const TIES_USED = 11;
export const CHANGED = 12;
// Finding bins.
export const LOW_BIN = 0;
export const HIGH_BIN = 1;
export const BEYOND = 2;
// Refining half floats.
export const POSITIVE = 0;
export const NEGATIVE = 1;

export function report(index: usize, value: f64): void {
  store<f64>(RESULTS + (index << 3), value);
}

export function reported(index: usize): f64 {
  return load<f64>(RESULTS + (index << 3));
}

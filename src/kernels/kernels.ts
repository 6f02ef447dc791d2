/**
 * The kernel interface: everything that touches weights in bulk. Backends: `wasm/` (SIMD) and `reference/`
 * (plain TypeScript, what tests hold the others against). Bytes are little-endian elements of `dtype`, whole
 * elements only, at any alignment. Kernels are synchronous: the engine streams chunks through them in a worker.
 */
import { CheckpointError } from '../lib/errors';
import type { PrunableDtype } from '../tensors/dtype';
import type { RefinedBin, TensorStatistics } from '../tensors/statistics';

/** Fed a tensor's elements in storage order, in chunks of any size; `finish` may be called once. */
export interface Accumulator<Result> {
  add(bytes: Uint8Array): void;
  finish(): Result;
}

/** Which elements go: score below `threshold`, and the first `ties` (in storage order) whose score equals it. */
export interface ThresholdMask {
  /** `magnitude`: the score is |w|. `signed`: it is w. */
  readonly criterion: 'magnitude' | 'signed';
  /** A value that the tensor's dtype can hold. NaN and infinities never go. */
  readonly threshold: number;
  /** `Infinity`: all ties go, which is PyTorch's `|w| <= threshold`. */
  readonly ties: number;
}

export interface ApplyCounts {
  /** Elements the mask chose, those already zero included. */
  readonly pruned: number;
  /** Zeros, of either sign, in what was written. */
  readonly zeros: number;
}

export interface Applier {
  /**
   * Sets the chosen elements of the chunk to +0 in place, all other bytes untouched.
   * @returns whether any byte changed
   */
  apply(bytes: Uint8Array): boolean;
  finish(): ApplyCounts;
}

export interface Kernels {
  /** For the badge: `WASM SIMD`, … */
  readonly name: string;
  /** One pass: moments, extremes, counts and the fine histogram. */
  measure(dtype: PrunableDtype): Accumulator<TensorStatistics>;
  /** The values inside one fine bin. For f16 and bf16 a bin is one value already. @throws CheckpointError `out-of-memory` above `maxRefinedValues` different ones */
  refineBin(dtype: PrunableDtype, bin: number): Accumulator<RefinedBin>;
  applyThreshold(dtype: PrunableDtype, mask: ThresholdMask): Applier;
}

/** f64 bins are refined by collecting their distinct values: 2^24 doubles are 128 MiB, a bin of a tensor of some billion weights. */
export const maxRefinedValues = 2 ** 24;

/** What backends throw beyond it. */
export function tooManyValues(): CheckpointError {
  return new CheckpointError(
    'out-of-memory',
    `Expected at most ${maxRefinedValues} different values in one bin of the histogram, found more: too many to place an exact threshold.`,
    { advice: 'Drag the handle instead of asking for an exact amount or threshold.' },
  );
}

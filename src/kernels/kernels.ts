/**
 * The kernel interface: everything that touches weights in bulk. Backends: `wasm/` (SIMD), `webgpu/` and `reference/`
 * (plain TypeScript, what tests hold the others against). Bytes are little-endian elements of `dtype`, whole
 * elements only, at any alignment, in storage order. Results can be promises: until one settles the chunk given is the
 * kernel's, and the next call on the same accumulator, applier or scorer waits.
 */
import type { Awaitable } from '../lib/awaitable';
import { CheckpointError } from '../lib/errors';
import type { PrunableDtype } from '../tensors/dtype';
import type { BinEnergies, RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { PictureAccumulator, PicturePlan } from './picture';

/** Fed a tensor's elements in storage order, in chunks of any size; `finish` may be called once. */
export interface Accumulator<Result> {
  add(bytes: Uint8Array): Awaitable<void>;
  finish(): Awaitable<Result>;
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
   * @param kept (with every chunk or with none) one byte an element, 1: of those that went before it is 0, and they are
   *   passed over; of those that go now it becomes 0
   * @returns whether any byte changed
   */
  apply(bytes: Uint8Array, kept?: Uint8Array): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}

/**
 * Groups of elements by their place in storage: element `p` has the index `floor(p / stride) % size` along each axis,
 * and belongs to group `sum(floor(index / block) * step)`.
 */
export interface Grouping {
  readonly axes: readonly GroupAxis[];
  /** Groups there are. */
  readonly count: number;
  /** Place of the first element that is streamed, where that is not the tensor's first. */
  readonly first?: number;
}

export interface GroupAxis {
  /** In elements of the tensor as it is streamed (without gaps). */
  readonly stride: number;
  readonly size: number;
  readonly block: number;
  readonly step: number;
}

/** By group number. */
export interface GroupNorms {
  /** In f64, of the elements that are not left out; NaN where one of them is not finite, 0 where there are none. */
  readonly norms: Float64Array;
  /** Elements that are not left out. */
  readonly counts: Uint32Array;
}

export interface GroupAccumulator {
  /** @param kept one byte an element: those with 0 are left out, as if they were not there; absent: all are in */
  add(bytes: Uint8Array, kept?: Uint8Array): Awaitable<void>;
  finish(): Awaitable<GroupNorms>;
}

/** Computes one score for each element; NaN for an element that is not finite. */
export interface Scorer {
  /**
   * @param index of the first element, in the tensor as it is streamed
   * @returns scores of the scorer's dtype, as many as elements, valid until the next call
   */
  score(bytes: Uint8Array, index: number): Awaitable<Uint8Array>;
}

/**
 * - `random`: uniform f32 in [0, 1) by element index and seed: the same everywhere, see `randomScore` (random.ts).
 * - `increase`: |w| - |reference|, in the dtype of both; `reference` gives the bytes of the same elements.
 * - `product`: |w| times the factor of the element's index along an axis, in f32.
 */
export type Scoring =
  | { readonly kind: 'random'; readonly seed: number; readonly stream: number }
  | { readonly kind: 'increase'; readonly reference: (index: number, elements: number) => Uint8Array }
  | { readonly kind: 'product'; readonly factors: Float32Array; readonly stride: number };

/**
 * Elements that compete with each other: every `m` neighbours along an axis of `size`, `stride` apart in storage (or,
 * where one index of the axis is a run of several elements side by side, `run` of them every `stride`). Of each `m`
 * those with the lowest scores go, of equal ones the first. What is left over when `m` does not divide `size` stays.
 * NaN and infinite elements, and those with such a score, never go.
 */
export interface PatternMask {
  /** All of those left go but `keep`, NaN and infinities counting as kept; or the `drop` lowest of those left go. */
  readonly amount: { readonly keep: number } | { readonly drop: number };
  readonly m: number;
  readonly size: number;
  readonly stride: number;
  /** Divides `stride` and `m`; other than 1 only where `m` equals `size`. */
  readonly run: number;
}

/** Elements in one unit of a pattern: chunks hold whole ones. */
export function stripOf({ m, size, stride, run }: PatternMask): number {
  return ((size % m === 0 ? m : size) / run) * stride;
}

export interface ScoreApplier {
  /**
   * As Applier's, by scores given beside the elements.
   * @param scores as many as elements; may be the elements themselves
   */
  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}

export interface Kernels {
  /** For the badge: `WASM SIMD`, `WebGPU · NVIDIA`, …; another one once a GPU is lost. */
  readonly name: string;
  /** One pass: moments, extremes, counts and the fine histogram. */
  measure(dtype: PrunableDtype): Accumulator<TensorStatistics>;
  /** The values inside one fine bin. For f16 and bf16 a bin is one value already. @throws CheckpointError `out-of-memory` above `maxRefinedValues` different ones */
  refineBin(dtype: PrunableDtype, bin: number): Accumulator<RefinedBin>;
  /** Sums of squares by fine bin of magnitude. */
  binEnergies(dtype: PrunableDtype): Accumulator<BinEnergies>;
  applyThreshold(dtype: PrunableDtype, mask: ThresholdMask): Applier;
  /** @param order p of the norm, as torch.norm's: any real number or an infinity; 0 counts what is not zero */
  groupNorms(dtype: PrunableDtype, grouping: Grouping, order: number): GroupAccumulator;
  /** @param gone one byte a group: those with 1 go whole, but for NaN and infinities, which stay */
  applyGroups(dtype: PrunableDtype, grouping: Grouping, gone: Uint8Array): Applier;
  scorer(dtype: PrunableDtype, scoring: Scoring): Scorer;
  /** A threshold on scores given beside the elements, whose dtype it has. */
  applyScores(dtype: PrunableDtype, scoreDtype: PrunableDtype, mask: ThresholdMask): ScoreApplier;
  /** Chunks hold whole strips (see `stripOf`). */
  applyPattern(
    dtype: PrunableDtype,
    scoreDtype: PrunableDtype,
    criterion: ThresholdMask['criterion'],
    mask: PatternMask,
  ): ScoreApplier;
  /**
   * A tensor as a picture of few cells.
   * @param mask what goes, its `ties` counted among the elements that are given; absent: what comes with the chunks says so
   */
  maskPreview(dtype: PrunableDtype, plan: PicturePlan, mask: ThresholdMask | undefined): PictureAccumulator;
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

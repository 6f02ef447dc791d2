/**
 * Scores and the fine bins they fall into. A score is |w| (magnitude) or w (signed); lower ones go first.
 * Score bins number the fine bins in ascending order of score: `bin` for scores from 0 up, `-1 - bin` for those below.
 */
import { found } from '../lib/known';
import { binCountOf, binHigh, binLow, binOf } from '../tensors/bins';
import type { PrunableDtype } from '../tensors/dtype';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber, f32Bits, f32FromBits, roundToDtype } from '../tensors/half';
import type { TensorStatistics } from '../tensors/statistics';
import type { Ranking } from './ranking';

export interface MeasuredTensor {
  readonly dtype: PrunableDtype;
  readonly statistics: TensorStatistics;
}

/** The score bin of a finite score (-0 is 0). */
export function scoreBinOf(dtype: PrunableDtype, score: number): number {
  return score < 0 ? -1 - binOf(dtype, -score) : binOf(dtype, score);
}

/** The fine bin that a score bin is, whatever its sign. */
export function fineBinOf(scoreBin: number): number {
  return scoreBin < 0 ? -1 - scoreBin : scoreBin;
}

/** The lowest score of `dtype` in the bin. */
export function scoreLow(dtype: PrunableDtype, scoreBin: number): number {
  // The 0 makes a -0 positive.
  return scoreBin < 0 ? 0 - binHigh(dtype, -1 - scoreBin) : binLow(dtype, scoreBin);
}

/** The highest score of `dtype` in the bin: a threshold here takes the bin and all before it, and nothing else. */
export function scoreHigh(dtype: PrunableDtype, scoreBin: number): number {
  if (scoreBin >= 0) return binHigh(dtype, scoreBin);
  return scoreBin === -1 ? -smallest(dtype) : -binLow(dtype, -1 - scoreBin);
}

/** First and last score bin of a dtype. */
export function scoreBinsOf(dtype: PrunableDtype, ranking: Ranking): { first: number; last: number } {
  const bins = binCountOf(dtype);
  return { first: ranking === 'signed' ? -bins : 0, last: bins - 1 };
}

/**
 * The dtype whose bins hold all tensors apart. Bins of f32, bf16 and f64 have the same numbers and order values in the
 * same way, since f64 is binned by its value rounded to f32; edges of f64's lie between those of the others. A bin of
 * f16 (10 fraction bits where the others have 7) lies in one bin of theirs.
 */
export function gridOf(tensors: readonly MeasuredTensor[]): PrunableDtype {
  const dtype = tensors[0]?.dtype ?? 'F32';
  if (tensors.every((tensor) => tensor.dtype === dtype)) return dtype;
  return tensors.some((tensor) => tensor.dtype === 'F64') ? 'F64' : 'F32';
}

/** The last score bin of `dtype` at or before a bin of the grid. */
export function lastBinWithin(dtype: PrunableDtype, grid: PrunableDtype, gridBin: number): number {
  if (dtype !== 'F16' || grid === 'F16') return gridBin;
  if (gridBin >= 0) return f16Bits(found(roundDown(binHigh(grid, gridBin), 'F16'), 'a half below'));
  const least = binLow(grid, -1 - gridBin);
  const bits = f16Bits(least);
  return -1 - (f16ToNumber(bits) < least ? bits + 1 : bits);
}

export function largest(dtype: PrunableDtype): number {
  return binHigh(dtype, binCountOf(dtype) - 1);
}

/** The smallest value above 0. */
function smallest(dtype: PrunableDtype): number {
  return dtype === 'F64' ? Number.MIN_VALUE : valueOfBits(dtype, 1);
}

/**
 * A threshold as a tensor of `dtype` compares with it: rounded to the nearest value it can hold.
 * @returns undefined when it lies below every finite value: nothing is at or below it
 */
export function roundThreshold(threshold: number, dtype: PrunableDtype): number | undefined {
  const rounded = roundToDtype(threshold, dtype);
  if (rounded === Number.NEGATIVE_INFINITY || Number.isNaN(rounded)) return undefined;
  // What overflows prunes every finite weight, and so does the largest of them.
  return Math.min(rounded, largest(dtype)) + 0;
}

/** The largest finite value of `dtype` that is not above `value`; undefined when there is none. */
export function roundDown(value: number, dtype: PrunableDtype): number | undefined {
  const most = largest(dtype);
  if (value >= most) return most;
  if (!(value >= -most)) return undefined;
  const near = roundToDtype(value, dtype);
  if (dtype === 'F64' || near <= value) return near + 0;
  const bits = bitsOfMagnitude(dtype, Math.abs(near));
  return near > 0 ? valueOfBits(dtype, bits - 1) : -valueOfBits(dtype, bits + 1);
}

type ShortDtype = Exclude<PrunableDtype, 'F64'>;

function bitsOfMagnitude(dtype: ShortDtype, magnitude: number): number {
  switch (dtype) {
    case 'F32':
      return f32Bits(magnitude);
    case 'F16':
      return f16Bits(magnitude);
    case 'BF16':
      return bf16Bits(magnitude);
  }
}

function valueOfBits(dtype: ShortDtype, bits: number): number {
  switch (dtype) {
    case 'F32':
      return f32FromBits(bits);
    case 'F16':
      return f16ToNumber(bits);
    case 'BF16':
      return bf16ToNumber(bits);
  }
}

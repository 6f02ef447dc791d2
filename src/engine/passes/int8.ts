/**
 * Rounding to int8 and back, symmetric: q = clamp(round(w / s), −127, 127), w′ = q · s, ties to even, s = max|w| / 127, all in f32 as
 * torch.fake_quantize_per_tensor_affine and _per_channel_affine compute it. Zero stays zero.
 */
import { byteWidthOf } from '../../tensors/dtype';
import { elementBytes } from '../../tensors/elements';
import type { Int8Scales, RoundingFigures } from '../../tensors/findings';
import { numbersOf } from '../../tensors/numbers';
import { markZeros } from '../../tensors/zeros';
import type { Unit } from '../reading/units';
import { type Rows, rowsAlong } from './places';
import type { Step } from './step';

/** Codes go from −127 to 127, so that both signs reach equally far. */
const largestCode = 127;
/** Added to an f32 below 2²² and taken away again it leaves the nearest integer, ties to even. */
const rounding = 12582912;

/** Greatest finite magnitudes by row, as elements come. */
export class RowMaxima {
  readonly maxima: Float32Array<ArrayBuffer>;
  private readonly rows: Rows;
  private index = 0;

  constructor(unit: Unit, axes: readonly number[]) {
    this.rows = rowsAlong(unit, axes);
    this.maxima = new Float32Array(this.rows.count);
  }

  add(numbers: Float32Array | Float64Array): void {
    const { maxima, rows, index } = this;
    for (let i = 0; i < numbers.length; ) {
      const row = rows.rowAt(index + i);
      const end = Math.min(numbers.length, i + rows.run - ((index + i) % rows.run));
      let greatest = maxima[row]!;
      for (; i < end; i++) {
        const magnitude = Math.abs(numbers[i]!);
        if (magnitude > greatest && magnitude < Number.POSITIVE_INFINITY) greatest = magnitude;
      }
      maxima[row] = greatest;
    }
    this.index += numbers.length;
  }

  /** One for each row, and one for all of them. */
  get scales(): { readonly each: Float32Array<ArrayBuffer>; readonly all: Float32Array<ArrayBuffer> } {
    const all = this.maxima.reduce((greatest, maximum) => Math.max(greatest, maximum), 0);
    return { each: this.maxima.map(scaleOf), all: Float32Array.of(scaleOf(all)) };
  }
}

/** Below it a scale has no inverse in f32: all is as good as zero. */
const leastScale = 2 ** -126;

function scaleOf(greatest: number): number {
  const scale = Math.fround(greatest / largestCode);
  return scale < leastScale ? 1 : scale;
}

/** Rounds elements as they come. What is not finite stays as it is. */
class Rounder {
  private readonly rows: Rows;
  private readonly scales: Float32Array;
  private index = 0;

  constructor(unit: Pick<Unit, 'shape' | 'strides'>, { axes, scales }: Int8Scales) {
    this.rows = rowsAlong(unit, axes);
    this.scales = scales;
  }

  /** @returns f32, as many */
  round(numbers: Float32Array | Float64Array): Float32Array {
    const { rows, scales, index } = this;
    const rounded = new Float32Array(numbers.length);
    for (let i = 0; i < numbers.length; ) {
      const row = rows.rowAt(index + i);
      const end = Math.min(numbers.length, i + rows.run - ((index + i) % rows.run));
      const scale = scales[row]!;
      const inverse = Math.fround(1 / scale);
      for (; i < end; i++) {
        const number = numbers[i]!;
        const steps = Math.fround(Math.fround(number) * inverse);
        // Beyond the last code only what is not finite, or what rounding of the inverse put there.
        const code = Math.fround(Math.fround(steps + rounding) - rounding);
        const isNumber = Math.abs(number) < Number.POSITIVE_INFINITY;
        rounded[i] = isNumber ? Math.max(-largestCode, Math.min(largestCode, code)) * scale : number;
      }
    }
    this.index += numbers.length;
    return rounded;
  }
}

/** What rounding leaves, summed as elements come. */
export class RoundingSums {
  private readonly rounder: Rounder;
  private differences = 0;
  private zeros = 0;
  private greatest = 0;

  constructor(unit: Unit, scales: Int8Scales) {
    this.rounder = new Rounder(unit, scales);
  }

  add(numbers: Float32Array | Float64Array): void {
    const rounded = this.rounder.round(numbers);
    let { differences, zeros, greatest } = this;
    for (let i = 0; i < rounded.length; i++) {
      const value = rounded[i]!;
      if (value === 0) zeros++;
      const difference = Math.abs(numbers[i]! - value);
      if (difference > greatest) greatest = difference;
      differences += difference * difference;
    }
    this.differences = differences;
    this.zeros = zeros;
    this.greatest = greatest;
  }

  get figures(): RoundingFigures {
    const { differences, zeros, greatest } = this;
    return { differences, zeros, greatest };
  }
}

/** A mask's step: elements become those that int8 leaves of them, rounded to their dtype. Nothing goes. */
export function int8Step(unit: Unit, scales: Int8Scales): Step {
  const rounder = new Rounder(unit, scales);
  const width = byteWidthOf(unit.dtype);
  let zeros = 0;
  return {
    apply(elements) {
      const rounded = elementBytes(unit.dtype, rounder.round(numbersOf(unit.dtype, elements)));
      zeros += markZeros(rounded, unit.dtype, new Uint8Array(rounded.length / width));
      elements.set(rounded);
      return true;
    },
    finish: () => ({ pruned: 0, zeros }),
  };
}

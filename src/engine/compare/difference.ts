/** How far the weights of one tensor are from those of another: sums over pairs of elements. */
import type { Difference } from '../../tensors/comparison/comparison';
import type { PrunableDtype } from '../../tensors/dtype';

/** Sums in f64, whatever the dtypes are. */
export class DifferenceSums {
  private readonly rounding: Rounding | undefined;
  private weights = 0;
  private zerosBefore = 0;
  private zerosAfter = 0;
  private changed = 0;
  private becameZero = 0;
  private wereZero = 0;
  private rounded = 0;
  private most = 0;
  private ofDelta = 0;
  private ofBefore = 0;
  private ofAfter = 0;
  private product = 0;

  /** @param rounding where one of the two may be the other in a narrower dtype */
  constructor(rounding?: Rounding) {
    this.rounding = rounding;
  }

  /** @param before as many as `after` */
  add(before: ArrayLike<number>, after: ArrayLike<number>): void {
    const { rounding } = this;
    let [zerosBefore, zerosAfter, changed, becameZero, wereZero, most] = [0, 0, 0, 0, 0, this.most];
    let [ofDelta, ofBefore, ofAfter, product] = [0, 0, 0, 0];
    for (let i = 0; i < before.length; i++) {
      const x = before[i]!;
      const y = after[i]!;
      const delta = y - x;
      // What is not finite in one of the two would make all sums so.
      if (delta - delta !== 0) {
        if (x === 0) zerosBefore++;
        if (y === 0) zerosAfter++;
        if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) {
          changed++;
          if (y === 0) becameZero++;
          if (x === 0) wereZero++;
        }
        continue;
      }
      if (delta !== 0) {
        changed++;
        ofDelta += delta * delta;
        const size = delta < 0 ? -delta : delta;
        if (size > most) most = size;
        if (y === 0) {
          becameZero++;
          zerosAfter++;
        } else if (x === 0) {
          wereZero++;
          zerosBefore++;
        } else if (rounding && isRounded(rounding, x, y)) this.rounded++;
      } else if (x === 0) {
        zerosBefore++;
        zerosAfter++;
        continue;
      }
      ofBefore += x * x;
      ofAfter += y * y;
      product += x * y;
    }
    this.weights += before.length;
    this.zerosBefore += zerosBefore;
    this.zerosAfter += zerosAfter;
    this.changed += changed;
    this.becameZero += becameZero;
    this.wereZero += wereZero;
    this.most = most;
    this.ofDelta += ofDelta;
    this.ofBefore += ofBefore;
    this.ofAfter += ofAfter;
    this.product += product;
  }

  get difference(): Difference {
    const { weights, zerosBefore, zerosAfter, changed, becameZero, wereZero, most } = this;
    const distance = Math.sqrt(this.ofDelta);
    const lengthBefore = Math.sqrt(this.ofBefore);
    const lengthAfter = Math.sqrt(this.ofAfter);
    const lengths = lengthBefore * lengthAfter;
    return {
      weights,
      zerosBefore,
      zerosAfter,
      changed,
      becameZero,
      wereZero,
      ...(this.rounding && { rounded: this.rounded }),
      lengthBefore,
      lengthAfter,
      distance,
      relative: distance === 0 ? 0 : Math.sqrt(this.ofDelta / this.ofBefore),
      most,
      // Rounding would leave equal vectors a little short of 1.
      ...(lengths !== 0 && { cosine: changed === 0 ? 1 : Math.max(-1, Math.min(1, this.product / lengths)) }),
    };
  }
}

/** Which of the two is the wider, and how its values become those of the other's dtype. */
export interface Rounding {
  readonly wider: 'before' | 'after';
  round(value: number): number;
}

/** @returns undefined where neither dtype holds all values of the other, or they are one */
export function roundingOf(before: PrunableDtype, after: PrunableDtype): Rounding | undefined {
  if (isWider(before, after)) return { wider: 'before', round: rounders[after] };
  return isWider(after, before) ? { wider: 'after', round: rounders[before] } : undefined;
}

function isWider(one: PrunableDtype, other: PrunableDtype): boolean {
  return one === 'F64' ? other !== 'F64' : one === 'F32' && (other === 'F16' || other === 'BF16');
}

function isRounded({ wider, round }: Rounding, x: number, y: number): boolean {
  return wider === 'before' ? round(x) === y : round(y) === x;
}

/** A value kept to so many bits of significand (Veltkamp's splitting, of 53). */
function toBits(value: number, bits: number): number {
  const shifted = value * (2 ** (53 - bits) + 1);
  return shifted - (shifted - value);
}

const leastNormalF16 = 2 ** -14;
/** Added and taken away, it leaves multiples of 2⁻²⁴, which subnormal halves are. */
const subnormalF16 = 1.5 * 2 ** 28;

/** Over what is finite in both. */
const rounders: Readonly<Record<PrunableDtype, (value: number) => number>> = {
  F64: (value) => value,
  F32: Math.fround,
  F16: (value) => (Math.abs(value) < leastNormalF16 ? value + subnormalF16 - subnormalF16 : toBits(value, 11)),
  BF16: (value) => toBits(value, 8),
};

/** Scores beside the elements, and the masks that go by them. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { elementBytes } from '../../tensors/elements';
import { randomScore } from '../../tensors/random';
import {
  type ApplyCounts,
  type PatternMask,
  type ScoreApplier,
  type Scorer,
  type Scoring,
  stripOf,
  type ThresholdMask,
} from '../kernels';
import { Eraser, valuesOf } from './values';

export class ReferenceScorer implements Scorer {
  private readonly dtype: PrunableDtype;
  private readonly scoring: Scoring;

  constructor(dtype: PrunableDtype, scoring: Scoring) {
    this.dtype = dtype;
    this.scoring = scoring;
  }

  score(bytes: Uint8Array, index: number): Uint8Array {
    const { dtype, scoring } = this;
    const values = [...valuesOf(dtype, bytes)];
    const scored = (score: (value: number, i: number) => number) =>
      values.map((value, i) => (Number.isFinite(value) ? score(value, i) : Number.NaN));
    switch (scoring.kind) {
      case 'random':
        return elementBytes(
          'F32',
          scored((_, i) => randomScore(scoring.seed, scoring.stream, index + i)),
        );
      case 'increase': {
        const then = [...valuesOf(dtype, scoring.reference(index, values.length))];
        return elementBytes(
          dtype,
          scored((value, i) => Math.abs(value) - Math.abs(then[i]!)),
        );
      }
      case 'product': {
        const { factors, stride } = scoring;
        const factorAt = (place: number) => factors[Math.floor(place / stride) % factors.length]!;
        return elementBytes(
          'F32',
          scored((value, i) => Math.fround(Math.abs(value)) * factorAt(index + i)),
        );
      }
    }
  }
}

export class ReferenceScoreApplier implements ScoreApplier {
  private readonly eraser: Eraser;
  private readonly scoreDtype: PrunableDtype;
  private readonly mask: ThresholdMask;
  private tiesLeft: number;

  constructor(dtype: PrunableDtype, scoreDtype: PrunableDtype, mask: ThresholdMask) {
    this.eraser = new Eraser(dtype);
    this.scoreDtype = scoreDtype;
    this.mask = mask;
    this.tiesLeft = mask.ties;
  }

  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): boolean {
    const all = [...valuesOf(this.scoreDtype, scores)];
    return this.eraser.erase(bytes, kept, (index) => this.goes(all[index]!));
  }

  private goes(given: number): boolean {
    const { criterion, threshold } = this.mask;
    if (!Number.isFinite(given)) return false;
    const score = criterion === 'magnitude' ? Math.abs(given) : given;
    if (score < threshold) return true;
    if (score !== threshold || this.tiesLeft === 0) return false;
    this.tiesLeft--;
    return true;
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

export class ReferencePattern implements ScoreApplier {
  private readonly eraser: Eraser;
  private readonly dtype: PrunableDtype;
  private readonly scoreDtype: PrunableDtype;
  private readonly criterion: ThresholdMask['criterion'];
  private readonly mask: PatternMask;

  constructor(
    dtype: PrunableDtype,
    scoreDtype: PrunableDtype,
    criterion: ThresholdMask['criterion'],
    mask: PatternMask,
  ) {
    this.eraser = new Eraser(dtype);
    this.dtype = dtype;
    this.scoreDtype = scoreDtype;
    this.criterion = criterion;
    this.mask = mask;
  }

  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): boolean {
    const elements = [...valuesOf(this.dtype, bytes)];
    const given = [...valuesOf(this.scoreDtype, scores)].map((score) =>
      this.criterion === 'magnitude' ? Math.abs(score) : score,
    );
    const chosen = new Set<number>();
    for (const rivals of this.rivals(bytes.length / byteWidthOf(this.dtype))) {
      const left = rivals.filter((at) => kept?.[at] !== 0);
      const able = left.filter((at) => Number.isFinite(elements[at]) && Number.isFinite(given[at]));
      const { amount } = this.mask;
      const going = 'keep' in amount ? Math.max(0, left.length - amount.keep) : amount.drop;
      // Sorting is stable: of equal scores the first come first.
      for (const at of able.sort((a, b) => given[a]! - given[b]!).slice(0, going)) chosen.add(at);
    }
    return this.eraser.erase(bytes, kept, (index) => chosen.has(index));
  }

  /** The places that compete with each other, ascending. */
  private *rivals(elements: number): Generator<number[]> {
    const { m, stride, run } = this.mask;
    const whole = stripOf(this.mask);
    for (let start = 0; start < elements; start += whole) {
      for (let strip = 0; strip + m <= (whole * run) / stride; strip += m) {
        for (let column = 0; column < stride / run; column++) {
          yield Array.from({ length: m }, (_, i) => {
            const index = strip + i;
            return start + Math.floor(index / run) * stride + column * run + (index % run);
          });
        }
      }
    }
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

/** Counts of distinct doubles, by magnitude and sign, in memory that grows with the distinct ones alone. */
import { maxRefinedValues, tooManyValues } from '../kernels';

interface Counted {
  /** Ascending, distinct. */
  readonly magnitudes: Float64Array;
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Values are put aside until there are as many as distinct ones, then sorted in: each is sorted a few times at most. */
const leastWaiting = 0x10000;

export class ValueCounts {
  private readonly limit: number;
  private counted: Counted = countedOf(0);
  /** Magnitudes put aside, apart by sign. */
  private readonly waiting = { positive: new WaitingRoom(), negative: new WaitingRoom() };

  constructor(limit = maxRefinedValues) {
    this.limit = limit;
  }

  /** @throws CheckpointError `out-of-memory` when there are more than `limit` distinct magnitudes */
  add(values: Float64Array): void {
    const { positive, negative } = this.waiting;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < 0) negative.push(-value);
      else positive.push(Math.abs(value));
    }
    if (positive.length + negative.length >= Math.max(leastWaiting, this.counted.magnitudes.length)) this.sortIn();
  }

  finish(): Counted {
    this.sortIn();
    return this.counted;
  }

  private sortIn(): void {
    const { counted } = this;
    const positive = this.waiting.positive.takeSorted();
    const negative = this.waiting.negative.takeSorted();
    const merged = countedOf(counted.magnitudes.length + positive.length + negative.length);
    let length = 0;
    let atCounted = 0;
    let atPositive = 0;
    let atNegative = 0;
    const at = (values: Float64Array, index: number) => values[index] ?? Number.POSITIVE_INFINITY;
    for (;;) {
      const magnitude = Math.min(at(counted.magnitudes, atCounted), at(positive, atPositive), at(negative, atNegative));
      if (magnitude === Number.POSITIVE_INFINITY) break;
      merged.magnitudes[length] = magnitude;
      if (counted.magnitudes[atCounted] === magnitude) {
        merged.positive[length] = counted.positive[atCounted]!;
        merged.negative[length] = counted.negative[atCounted]!;
        atCounted++;
      }
      for (; positive[atPositive] === magnitude; atPositive++) merged.positive[length]! += 1;
      for (; negative[atNegative] === magnitude; atNegative++) merged.negative[length]! += 1;
      length++;
    }
    if (length > this.limit) throw tooManyValues();
    this.counted = {
      magnitudes: merged.magnitudes.slice(0, length),
      positive: merged.positive.slice(0, length),
      negative: merged.negative.slice(0, length),
    };
  }
}

function countedOf(length: number): Counted {
  return {
    magnitudes: new Float64Array(length),
    positive: new Float64Array(length),
    negative: new Float64Array(length),
  };
}

class WaitingRoom {
  length = 0;
  private values = new Float64Array(64);

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  takeSorted(): Float64Array {
    const sorted = this.values.subarray(0, this.length).sort();
    this.values = new Float64Array(64);
    this.length = 0;
    return sorted;
  }
}

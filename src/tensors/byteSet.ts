/** Which bytes of its storage a tensor's elements are, in a form that says in few steps how many two tensors share. */
import { at } from '../lib/known';
import { bitsOf } from './dtype';
import { layoutOf, type MemoryAxis, spanOf } from './layout';
import type { TensorInfo } from './tensor';

/**
 * Runs of bytes, `axes` of them: one axis repeats all that the axes after it make, at a stride no smaller than their reach.
 * Neighbouring axes that are one are one, so that equal sets have equal axes.
 */
export interface Runs {
  /** From the largest stride to the smallest, in bytes; none where there is a single run. */
  readonly axes: readonly MemoryAxis[];
  /** Bytes of one run. */
  readonly run: number;
}

export interface ByteSet extends Runs {
  /** `[start, end)` in bytes of the storage. */
  readonly start: number;
  readonly end: number;
  /** Bytes in it. */
  readonly size: number;
  /** False where the elements overlap each other in a way that is not worth following: then it is all from the first to the last. */
  readonly isExact: boolean;
}

type Placed = Pick<TensorInfo, 'dtype' | 'shape' | 'strides' | 'storageOffset'>;

/** @returns undefined for tensors without bytes */
export function byteSetOf({ dtype, shape, strides, storageOffset }: Placed): ByteSet | undefined {
  const width = bitsOf(dtype) / 8;
  const span = spanOf(shape, strides);
  if (span === 0 || width === 0) return undefined;
  const start = Math.floor(storageOffset * width);
  const end = Math.ceil((storageOffset + span) * width);
  const runs = Number.isInteger(width) ? runsOf(shape, strides, width) : wholeBytes(shape, strides, width);
  const { axes, run } = runs ?? { axes: [], run: end - start };
  return { start, end, axes, run, size: sizeOf(axes, run), isExact: runs !== undefined };
}

/** @returns undefined where they overlap each other by other than whole steps */
function runsOf(shape: readonly number[], strides: readonly number[], width: number): Runs | undefined {
  // What stands still (expanded dimensions) adds nothing.
  const ascending = shape
    .map((size, axis) => ({ size, stride: at(strides, axis) * width }))
    .filter(({ size, stride }) => size > 1 && stride > 0)
    .sort((a, b) => a.stride - b.stride);
  const axes: { size: number; stride: number }[] = [];
  let run = width;
  let reach = width;
  for (const { size, stride } of ascending) {
    const last = axes.at(-1);
    if (!last && stride <= run) run += stride * (size - 1);
    // Two dimensions with one stride are one that goes as far as both.
    else if (last?.stride === stride) last.size += size - 1;
    else if (stride < reach) return undefined;
    else if (last && stride === last.stride * last.size) last.size *= size;
    else axes.push({ size, stride });
    reach += stride * (size - 1);
  }
  return { axes: axes.reverse(), run };
}

/** Of elements smaller than a byte, where they fill all of theirs. */
function wholeBytes(shape: readonly number[], strides: readonly number[], width: number): Runs | undefined {
  const run = spanOf(shape, strides) * width;
  return layoutOf(shape, strides).kind === 'dense' && Number.isInteger(run) ? { axes: [], run } : undefined;
}

function sizeOf(axes: readonly MemoryAxis[], run: number): number {
  return axes.reduce((size, axis) => size * axis.size, run);
}

/** From the first byte to one past the last. */
function reachOf({ axes, run }: Runs): number {
  return axes.reduce((reach, { size, stride }) => reach + stride * (size - 1), run);
}

/** How many bytes of the runs, the first of which begins at 0, lie below `end`. */
function countBelow({ axes, run }: Runs, end: number): number {
  if (end <= 0) return 0;
  let count = 0;
  let inEach = sizeOf(axes, run);
  let rest = end;
  for (const { size, stride } of axes) {
    inEach /= size;
    const whole = Math.min(size - 1, Math.floor(rest / stride));
    count += whole * inEach;
    rest -= whole * stride;
  }
  return count + Math.min(rest, run);
}

/** How many bytes of a set lie in `[from, to)` of its storage. */
export function countWithin(set: ByteSet, from: number, to: number): number {
  return countBelow(set, to - set.start) - countBelow(set, from - set.start);
}

/** What one set is to another. `unknown`: they may share bytes or not. */
export type Relation = 'apart' | 'same' | 'inside' | 'around' | 'partly' | 'unknown';

/**
 * Compares sets in at most so many steps: most pairs take a handful, those whose strides are no multiples of each other one for
 * every run.
 */
export class SetComparison {
  private stepsLeft: number;

  constructor(mostSteps: number) {
    this.stepsLeft = mostSteps;
  }

  relationOf(a: ByteSet, b: ByteSet): Relation {
    const shared = this.count(a, a.start, b, b.start);
    if (shared === 0) return 'apart';
    // Of a set that is known by its ends alone, all may be said and none, but not how much.
    const isInside = shared === a.size && b.isExact;
    const isAround = shared === b.size && a.isExact;
    if (isInside && isAround) return 'same';
    if (isInside) return 'inside';
    if (isAround) return 'around';
    return a.isExact && b.isExact && !Number.isNaN(shared) ? 'partly' : 'unknown';
  }

  /**
   * Bytes that both have; NaN once there are no steps left. Calls itself with one axis less, or with an axis cut in two once: no
   * deeper than both have axes, which are at most 52 (strides at least double).
   */
  private count(a: Runs, aStart: number, b: Runs, bStart: number): number {
    if (--this.stepsLeft < 0) return Number.NaN;
    const aReach = reachOf(a);
    const bReach = reachOf(b);
    if (aStart + aReach <= bStart || bStart + bReach <= aStart) return 0;
    const [outer, ...innerAxes] = a.axes;
    const [other, ...otherAxes] = b.axes;
    if (!outer) return countBelow(b, aStart + a.run - bStart) - countBelow(b, aStart - bStart);
    if (!other) return countBelow(a, bStart + b.run - aStart) - countBelow(a, bStart - aStart);
    if (outer.stride < other.stride) return this.count(b, bStart, a, aStart);

    const { size, stride } = outer;
    const inner = { axes: innerAxes, run: a.run };
    const innerReach = aReach - stride * (size - 1);
    const first = Math.max(0, Math.floor((bStart - aStart - innerReach) / stride) + 1);
    const last = Math.min(size - 1, Math.ceil((bStart + bReach - aStart) / stride) - 1);
    const isFew = last - first < 2;
    if (!isFew && other.stride === stride) return this.countInStep(a, aStart, b, bStart);
    if (!isFew && stride % other.stride === 0) {
      // As many of the other's steps as make one of these, so that both go in step; and what is left over.
      const steps = stride / other.stride;
      const turns = Math.floor(other.size / steps);
      const ofTurn = { size: steps, stride: other.stride };
      const whole = { axes: [...(turns > 1 ? [{ size: turns, stride }] : []), ofTurn, ...otherAxes], run: b.run };
      const over = other.size - turns * steps;
      const rest = {
        axes: [...(over > 1 ? [{ size: over, stride: other.stride }] : []), ...otherAxes],
        run: b.run,
      };
      const inTurns = this.count(a, aStart, whole, bStart);
      return over === 0 ? inTurns : inTurns + this.count(a, aStart, rest, bStart + turns * stride);
    }
    let shared = 0;
    for (let i = first; i <= last && !Number.isNaN(shared); i++) {
      shared += this.count(inner, aStart + i * stride, b, bStart);
    }
    return shared;
  }

  /** Of sets whose largest strides are equal: what an index of one shares with one of the other is the same for all. */
  private countInStep(a: Runs, aStart: number, b: Runs, bStart: number): number {
    const [{ size: aSize, stride }, ...aAxes] = a.axes as [MemoryAxis, ...MemoryAxis[]];
    const [{ size: bSize }, ...bAxes] = b.axes as [MemoryAxis, ...MemoryAxis[]];
    const inner = { axes: aAxes, run: a.run };
    const other = { axes: bAxes, run: b.run };
    const steps = Math.floor((bStart - aStart) / stride);
    const ahead = bStart - aStart - steps * stride;
    const pairs = (shift: number) => Math.max(0, Math.min(aSize, bSize + shift) - Math.max(0, shift));
    // An index of `b` begins in one of `a`, and may reach into the next.
    const [here, next] = [pairs(steps), pairs(steps + 1)];
    let shared = here === 0 ? 0 : here * this.count(inner, 0, other, ahead);
    if (next > 0) shared += next * this.count(inner, 0, other, ahead - stride);
    return shared;
  }
}

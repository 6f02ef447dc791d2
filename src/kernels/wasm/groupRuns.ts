/** The groups of a tensor, run by run: elements side by side that share their group. */
import type { GroupAxis, Grouping } from '../kernels';

export class GroupRuns {
  /** Elements in a run; runs start at multiples of it. */
  readonly length: number;
  /** After so many runs the groups are the same again. */
  readonly period: number;
  /** What the index along the axis of the smallest stride adds, by index in runs. */
  private readonly inner: Int32Array;
  /** Whether the groups of neighbouring runs ascend by one, but where the inner axis starts again. */
  readonly isAscending: boolean;
  /** The other axes, with their strides in turns of the inner one. */
  private readonly outer: readonly GroupAxis[];

  constructor({ axes }: Grouping) {
    const [innermost, ...outer] = axes.filter(({ size }) => size > 1).sort((a, b) => a.stride - b.stride);
    const { stride, size, block, step } = innermost ?? { stride: Number.MAX_SAFE_INTEGER, size: 1, block: 1, step: 0 };
    // Neighbours in a block are one run, as far as blocks and rows begin at its multiples.
    const joined = greatestCommonDivisor(block, size);
    this.length = stride * joined;
    this.inner = new Int32Array(size / joined);
    let isAscending = true;
    for (let run = 0; run < this.inner.length; run++) {
      const group = Math.floor((run * joined) / block) * step;
      this.inner[run] = group;
      if (group !== run) isAscending = false;
    }
    this.isAscending = isAscending;
    this.outer = outer.map((axis) => ({ ...axis, stride: axis.stride / (stride * size) }));
    const outermost = this.outer.at(-1);
    this.period = this.inner.length * (outermost ? outermost.stride * outermost.size : 1);
  }

  /**
   * Calls `visit` for `count` runs from number `first` on, in stretches whose groups ascend by one: with the first group,
   * the place of its run among those visited, and the length of the stretch.
   */
  forEachStretch(first: number, count: number, visit: (group: number, at: number, length: number) => void): void {
    const { inner } = this;
    for (let done = 0; done < count; ) {
      const start = (first + done) % inner.length;
      const base = this.baseOf(Math.floor((first + done) / inner.length));
      const end = Math.min(inner.length, start + count - done);
      if (this.isAscending) visit(base + start, done, end - start);
      else for (let run = start; run < end; run++) visit(base + inner[run]!, done + run - start, 1);
      done += end - start;
    }
  }

  /** Writes the groups of `count` runs from number `first` on. */
  fill(groups: Int32Array, first: number, count: number): void {
    const { inner } = this;
    for (let done = 0; done < count; ) {
      const start = (first + done) % inner.length;
      const base = this.baseOf(Math.floor((first + done) / inner.length));
      const length = Math.min(inner.length - start, count - done);
      if (base === 0) groups.set(inner.subarray(start, start + length), done);
      else for (let i = 0; i < length; i++) groups[done + i] = inner[start + i]! + base;
      done += length;
    }
  }

  /** What the other axes add in a turn of the inner one. */
  private baseOf(turn: number): number {
    let base = 0;
    for (const { stride, size, block, step } of this.outer) {
      base += Math.floor((Math.floor(turn / stride) % size) / block) * step;
    }
    return base;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}

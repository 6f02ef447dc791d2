/** How a tensor's elements lie in its storage, from shape and strides alone. */
import { memoryOrder } from './memoryOrder';
import { numelOf } from './tensor';

/** One dimension in the order of memory. */
export interface MemoryAxis {
  readonly size: number;
  /** In elements. */
  readonly stride: number;
}

export type Layout =
  /** The elements fill one run without gaps, in whatever order of dimensions (contiguous, transposed, channels-last). */
  | { readonly kind: 'dense' }
  /** Gaps between runs (`a[:, ::2]`); `axes` from the largest stride to the smallest, so that walking them ascends in memory. */
  | { readonly kind: 'strided'; readonly axes: readonly MemoryAxis[] }
  /** Several indices may share an element (`expand`, overlapping `as_strided`): it has no mask of its own. */
  | { readonly kind: 'overlapping' };

/**
 * @param shape sizes, all >= 0
 * @param strides in elements, one per dimension
 */
export function layoutOf(shape: readonly number[], strides: readonly number[]): Layout {
  if (numelOf(shape) === 0) return { kind: 'dense' };
  const axes: MemoryAxis[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size > 1) axes.push({ size, stride: strides[axis]! });
  }
  axes.sort((a, b) => a.stride - b.stride);
  let reach = 1;
  let dense = true;
  for (const { size, stride } of axes) {
    // A stride below the reach of the smaller axes may still not collide; such tensors are not worth telling apart.
    if (stride < reach) return { kind: 'overlapping' };
    if (stride !== reach) dense = false;
    reach += stride * (size - 1);
  }
  return dense ? { kind: 'dense' } : { kind: 'strided', axes: axes.reverse() };
}

/** Elements from the first to one past the last in memory; 0 for an empty tensor. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (numelOf(shape) === 0) return 0;
  let span = 1;
  for (let axis = 0; axis < shape.length; axis++) span += (shape[axis]! - 1) * strides[axis]!;
  return span;
}

/**
 * Elements gathered in the order of memory, put row by row: the order of their indices.
 * @param bytes all elements of a tensor that is not overlapping, `width` bytes each
 * @returns `bytes` itself where the two orders are one
 */
export function rowByRow(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  strides: readonly number[],
  width: number,
): Uint8Array<ArrayBuffer> {
  const axes = shape
    .map((size, axis) => ({ size, stride: strides[axis]!, gathered: 0 }))
    .filter(({ size }) => size > 1);
  const inMemory = [...axes].sort((a, b) => b.stride - a.stride);
  if (bytes.length === 0 || axes.every((axis, i) => axis === inMemory[i])) return bytes;
  let reach = 1;
  for (const axis of inMemory.reverse()) {
    axis.gathered = reach;
    reach *= axis.size;
  }
  const ordered = new Uint8Array(bytes.length);
  const index = axes.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += width) {
    for (let byte = 0; byte < width; byte++) ordered[to + byte] = bytes[from * width + byte]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const { size, gathered } = axes[axis]!;
      index[axis]!++;
      from += gathered;
      if (index[axis]! < size) break;
      from -= gathered * size;
      index[axis] = 0;
    }
  }
  return ordered;
}

/**
 * Elements row by row, put in the order of memory: what `rowByRow` came from.
 * @returns `bytes` itself where the two orders are one
 */
export function inMemoryOrder(
  bytes: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  strides: readonly number[],
  width: number,
): Uint8Array<ArrayBuffer> {
  const order = memoryOrder(shape, strides);
  const ofRows = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  return rowByRow(
    bytes,
    order.map((axis) => shape[axis]!),
    order.map((axis) => ofRows[axis]!),
    width,
  );
}

/**
 * Walks the runs of a strided layout in ascending memory order, so that a tensor can be gathered from (and scattered
 * back to) consecutive windows of its span.
 */
export class RunCursor {
  private readonly outer: readonly MemoryAxis[];
  private readonly runLength: number;
  private readonly index: number[];
  /** Of the current run, in elements from the span's start. */
  private start = 0;
  /** Elements of the current run already walked. */
  private walked = 0;
  private finished = false;

  constructor(axes: readonly MemoryAxis[]) {
    const inner = axes.at(-1);
    const contiguousInner = inner !== undefined && inner.stride === 1;
    this.outer = contiguousInner ? axes.slice(0, -1) : axes;
    this.runLength = contiguousInner ? inner.size : 1;
    this.index = this.outer.map(() => 0);
  }

  /** Where the next element is, from the span's start; Infinity after the last. */
  get next(): number {
    return this.finished ? Number.POSITIVE_INFINITY : this.start + this.walked;
  }

  /** Calls `visit(start, length)` for each run (or part of one) below `end`, an element index of the span, and remembers the rest. */
  walkTo(end: number, visit: (start: number, length: number) => void): void {
    while (!this.finished && this.start + this.walked < end) {
      const from = this.start + this.walked;
      const length = Math.min(this.runLength - this.walked, end - from);
      visit(from, length);
      this.walked += length;
      if (this.walked === this.runLength) this.advance();
    }
  }

  private advance(): void {
    this.walked = 0;
    for (let axis = this.outer.length - 1; axis >= 0; axis--) {
      const { size, stride } = this.outer[axis]!;
      if (this.index[axis]! + 1 < size) {
        this.index[axis]! += 1;
        this.start += stride;
        return;
      }
      this.start -= stride * (size - 1);
      this.index[axis] = 0;
    }
    this.finished = true;
  }
}

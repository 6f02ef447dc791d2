/** Whole indices of axes becoming zero: channels that go. */
import { at } from '../../lib/known';
import type { SlicesMask } from '../../pruning/channels';
import type { SlicesOfAxis } from '../../pruning/resolution';
import { byteWidthOf } from '../../tensors/dtype';
import { numelOf } from '../../tensors/tensor';
import { markZeros } from '../../tensors/zeros';
import type { Step, StepMaker } from './step';

/** As many elements as are looked at in one go. */
const window = 2 ** 16;

export function slicesStep({ unit }: Pick<StepMaker, 'unit'>, { cuts }: SlicesMask): Step {
  const width = byteWidthOf(unit.dtype);
  const runs = cuts.map((cut) => runsOf(unit, cut));
  const marks = new Uint8Array(Math.min(numelOf(unit.shape), window));
  const zeroOrNot = new Uint8Array(marks.length);
  let pruned = 0;
  let zeros = 0;
  return {
    apply(elements, index, kept) {
      const count = elements.length / width;
      let changed = false;
      for (let from = 0; from < count; from += window) {
        const size = Math.min(window, count - from);
        const bytes = elements.subarray(from * width, (from + size) * width);
        const left = kept?.subarray(from, from + size) ?? marks.subarray(0, size).fill(1);
        for (const axis of runs) pruned += axis.mark(left, index + from);
        if (clear(bytes, width, left)) changed = true;
        zeros += markZeros(bytes, unit.dtype, zeroOrNot.subarray(0, size));
      }
      return changed;
    },
    finish: () => ({ pruned, zeros }),
  };
}

/** Where an axis' indices lie among elements in the order of storage: runs of `stride`, a turn of `size` of them after the other. */
function runsOf({ shape, strides }: StepMaker['unit'], { axis, indices }: SlicesOfAxis) {
  const size = at(shape, axis);
  // Of one index the stride says nothing.
  const stride = size === 1 ? numelOf(shape) : at(strides, axis);
  const gone = new Uint8Array(size);
  for (const index of indices) gone[index] = 1;
  return {
    /** @returns how many of those that were left go */
    mark(left: Uint8Array, start: number): number {
      let taken = 0;
      for (let i = 0; i < left.length; ) {
        const run = Math.floor((start + i) / stride);
        const end = Math.min(left.length, (run + 1) * stride - start);
        if (gone[run % size] === 0) {
          i = end;
          continue;
        }
        for (; i < end; i++) {
          taken += left[i] ?? 0;
          left[i] = 0;
        }
      }
      return taken;
    },
  };
}

/** Elements that are not left become +0. */
function clear(bytes: Uint8Array, width: number, left: Uint8Array): boolean {
  let changed = false;
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== 0) continue;
    for (let byte = i * width; byte < (i + 1) * width; byte++) {
      if (bytes[byte] === 0) continue;
      bytes[byte] = 0;
      changed = true;
    }
  }
  return changed;
}

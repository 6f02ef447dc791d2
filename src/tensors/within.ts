/** Where a view's elements are among those of the tensor it looks into, once these are stored without gaps. */
import { at } from '../lib/known';
import { byteSetOf } from './byteSet';
import { bitsOf } from './dtype';
import type { TensorInfo } from './tensor';

type Placed = Pick<TensorInfo, 'dtype' | 'shape' | 'strides' | 'storageOffset'>;

/** In elements. */
export interface Place {
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * @param view of elements of `owner` and no others, of the same dtype
 * @returns undefined where no strides reach them without the gaps
 */
export function placeWithin(owner: Placed, view: Placed): Place | undefined {
  const set = byteSetOf(owner);
  if (!set) return undefined;
  const width = bitsOf(owner.dtype) / 8;
  const levels = [...set.axes, { size: set.run / width, stride: width }].map((axis) => ({
    ...axis,
    dense: 0,
    used: 0,
  }));
  let elements = 1;
  for (const level of [...levels].reverse()) {
    level.dense = elements;
    elements *= level.size;
  }
  let isReached = true;
  /** The same distance without gaps, gone `times` times. */
  const distance = (bytes: number, times: number) => {
    let rest = bytes;
    let dense = 0;
    for (const level of levels) {
      const steps = Math.floor(rest / level.stride);
      rest -= steps * level.stride;
      dense += steps * level.dense;
      level.used += steps * times;
    }
    isReached &&= rest === 0;
    return dense;
  };
  const offset = distance((view.storageOffset - owner.storageOffset) * width, 1);
  const strides = view.strides.map((stride, axis) => {
    const size = at(view.shape, axis);
    return size > 1 ? distance(stride * width, size - 1) : 1;
  });
  // One step more than there is would go on in the next run, a gap away.
  return isReached && levels.every(({ size, used }) => used < size) ? { offset, strides } : undefined;
}

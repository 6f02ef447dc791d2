/** The elements of a tensor without those that go, or with zeros in their place: made as they are read. */
import { at } from '../../lib/known';
import { assertRange, type ByteSource } from '../../lib/source';
import { numelOf } from '../../tensors/tensor';
import type { Shape } from './nodeView';
import type { KeptAxis } from './plan';

/** Read at once, gaps between what is kept included. */
const maxSpan = 4 * 2 ** 20;

/**
 * @param elements of the tensor, row by row
 * @param width of one, in bytes
 */
export function keptElements(elements: ByteSource, shape: Shape, width: number, axes: readonly KeptAxis[]): ByteSource {
  const kept = keptByAxis(shape, axes);
  const last = Math.max(...axes.map(({ axis }) => axis));
  // Behind the last axis that loses some, elements stay together.
  const blockBytes = numelOf(shape.slice(last + 1)) * width;
  const counts = kept.map((indices, axis) => indices?.length ?? at(shape, axis));
  const size = numelOf(counts) * width;
  const placeOf = (block: number): number => {
    let rest = block;
    let place = 0;
    let stride = blockBytes;
    for (let axis = last; axis >= 0; axis--) {
      const count = at(counts, axis);
      const index = rest % count;
      rest = Math.floor(rest / count);
      place += (kept[axis]?.[index] ?? index) * stride;
      stride *= at(shape, axis);
    }
    return place;
  };
  return {
    size,
    async read(offset, length) {
      assertRange({ size }, offset, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const runs: { readonly from: number; readonly to: number; readonly length: number }[] = [];
        let first = 0;
        let end = 0;
        for (let next = done; next < length; ) {
          const within = (offset + next) % blockBytes;
          const from = placeOf(Math.floor((offset + next) / blockBytes)) + within;
          const run = Math.min(blockBytes - within, length - next, maxSpan);
          // Kept indices may come in any order.
          const low = runs.length === 0 ? from : Math.min(first, from);
          const high = Math.max(end, from + run);
          if (runs.length > 0 && high - low > maxSpan) break;
          [first, end] = [low, high];
          runs.push({ from, to: next, length: run });
          next += run;
          done = next;
        }
        const span = await elements.read(first, end - first);
        for (const { from, to, length: run } of runs) bytes.set(span.subarray(from - first, from - first + run), to);
        elements.recycle?.(span);
      }
      return bytes;
    },
  };
}

/** The same elements with zeros where some would go. */
export function zeroedElements(
  elements: ByteSource,
  shape: Shape,
  width: number,
  axes: readonly KeptAxis[],
): ByteSource {
  const kept = keptByAxis(shape, axes).map((indices) => indices && new Set(indices));
  const isKept = (element: number) => {
    let rest = element;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = at(shape, axis);
      if (kept[axis]?.has(rest % size) === false) return false;
      rest = Math.floor(rest / size);
    }
    return true;
  };
  return {
    size: elements.size,
    async read(offset, length) {
      const bytes = await elements.read(offset, length);
      for (let i = 0; i < length; i++) if (!isKept(Math.floor((offset + i) / width))) bytes[i] = 0;
      return bytes;
    },
  };
}

function keptByAxis(shape: Shape, axes: readonly KeptAxis[]): (readonly number[] | undefined)[] {
  return shape.map((_, axis) => axes.find((each) => each.axis === axis)?.kept);
}

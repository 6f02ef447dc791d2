/** Elements one by one. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { readElement } from '../../tensors/elements';
import type { ApplyCounts } from '../kernels';

export function* valuesOf(dtype: PrunableDtype, bytes: Uint8Array): Generator<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = byteWidthOf(dtype);
  for (let at = 0; at < bytes.length; at += width) yield readElement(dtype, view, at);
}

/** Zeroes chosen elements, and counts. */
export class Eraser {
  private readonly dtype: PrunableDtype;
  private pruned = 0;
  private zeros = 0;

  constructor(dtype: PrunableDtype) {
    this.dtype = dtype;
  }

  /**
   * @param goes whether an element that is finite and was not removed before is chosen; called in order
   * @returns whether any byte changed
   */
  erase(bytes: Uint8Array, kept: Uint8Array | undefined, goes: (index: number, value: number) => boolean): boolean {
    const width = byteWidthOf(this.dtype);
    let changed = false;
    let index = 0;
    for (const value of valuesOf(this.dtype, bytes)) {
      const gone = kept?.[index] !== 0 && Number.isFinite(value) && goes(index, value);
      if (gone) {
        this.pruned++;
        if (kept) kept[index] = 0;
        for (let at = index * width; at < (index + 1) * width; at++) {
          if (bytes[at] !== 0) changed = true;
          bytes[at] = 0;
        }
      }
      if (gone || value === 0) this.zeros++;
      index++;
    }
    return changed;
  }

  counts(): ApplyCounts {
    return { pruned: this.pruned, zeros: this.zeros };
  }
}

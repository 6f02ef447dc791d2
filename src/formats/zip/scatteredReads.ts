/** Many small reads spread through a large file, few at a time and the near ones together. */
import { at } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';

/** Reads closer than this are one: bytes between them cost less than another request. */
const mergeGap = 4096;
const maxWindow = 2 ** 20;
/** Requests under way at once; a browser serves Blob slices one process hop each. */
const inFlight = 16;

/**
 * Calls `visit` with the bytes of each range, in no particular order; windows are dropped once visited.
 * @param ranges ascending by start, inside the file
 */
export async function readScattered(
  source: ByteSource,
  ranges: readonly ByteRange[],
  visit: (index: number, bytes: Uint8Array) => void,
): Promise<void> {
  const windows = windowsOver(ranges);
  let next = 0;
  const work = async () => {
    while (next < windows.length) {
      const { first, last, start, end } = at(windows, next++);
      const bytes = await source.read(start, end - start);
      for (let i = first; i <= last; i++)
        visit(i, bytes.subarray(at(ranges, i).start - start, at(ranges, i).end - start));
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, windows.length) }, work));
}

interface MergedRead extends ByteRange {
  /** Indices of the ranges it covers. */
  readonly first: number;
  readonly last: number;
}

function windowsOver(ranges: readonly ByteRange[]): MergedRead[] {
  const windows: MergedRead[] = [];
  ranges.forEach(({ start, end }, i) => {
    const window = windows.at(-1);
    if (window && start - window.end <= mergeGap && end - window.start <= maxWindow) {
      windows[windows.length - 1] = { ...window, last: i, end: Math.max(window.end, end) };
    } else {
      windows.push({ first: i, last: i, start, end });
    }
  });
  return windows;
}

/** Where patches go: a spliced Blob for a download, or straight to a file on disk. */

import { PieceWriter } from '../worker/pieceWriter';
import type { Patch } from './patches';
import { type BlobRange, joined, type PatchStore } from './patchStore';

/**
 * The patched file as a Blob: slices of the original between the patches. Nothing is copied but the patches.
 * @returns the Blob and what the generator of patches returned
 */
export async function spliceFile<Result>(
  file: Blob,
  patches: AsyncGenerator<Patch, Result>,
  store: PatchStore,
): Promise<{ blob: Blob; result: Result }> {
  const offsets: number[] = [];
  let result: Result;
  let stored: BlobRange[];
  try {
    result = await forEachPatch(patches, async ({ offset, bytes }) => {
      offsets.push(offset);
      await store.put(bytes);
    });
    stored = await store.finish();
  } catch (error) {
    await store.discard().catch(() => {});
    throw error;
  }
  const placed = stored.map((range, i) => ({ offset: offsets[i]!, range })).sort((a, b) => a.offset - b.offset);
  const ranges: BlobRange[] = [];
  let position = 0;
  for (const { offset, range } of placed) {
    ranges.push({ blob: file, start: position, end: offset }, range);
    position = offset + range.end - range.start;
  }
  ranges.push({ blob: file, start: position, end: file.size });
  return { blob: new Blob(joined(ranges), { type: 'application/octet-stream' }), result };
}

/**
 * Copies `file` to `writable` with the patches in place; out-of-order patches (checksums) are written where they belong.
 * @throws CheckpointError `write-failed`; what the generator throws
 */
export async function writePatched<Result>(
  file: Blob,
  patches: AsyncGenerator<Patch, Result>,
  writable: FileSystemWritableFileStream,
): Promise<Result> {
  const writer = new PieceWriter(writable);
  try {
    let position = 0;
    const result = await forEachPatch(patches, async ({ offset, bytes }) => {
      if (offset > position) await writer.copy(file, position, offset);
      await writer.put(offset, bytes);
      position = Math.max(position, offset + bytes.length);
    });
    await writer.copy(file, position, file.size);
    await writer.close();
    return result;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function forEachPatch<Result>(
  patches: AsyncGenerator<Patch, Result>,
  use: (patch: Patch) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const next = await patches.next();
    if (next.done) return next.value;
    await use(next.value);
  }
}

/** Where patches go: a spliced Blob for a download, or straight to a file on disk. */
import { CheckpointError } from '../lib/errors';
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
  const write = (position: number, data: Uint8Array<ArrayBuffer> | ArrayBuffer) =>
    writing(writable.write({ type: 'write', position, data }));
  const copy = async (start: number, end: number) => {
    for (let position = start; position < end; position += copyBytes) {
      await write(position, await file.slice(position, Math.min(end, position + copyBytes)).arrayBuffer());
    }
  };
  try {
    let position = 0;
    const result = await forEachPatch(patches, async ({ offset, bytes }) => {
      if (offset > position) await copy(position, offset);
      await write(offset, bytes);
      position = Math.max(position, offset + bytes.length);
    });
    await copy(position, file.size);
    await writing(writable.close());
    return result;
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

const copyBytes = 8 * 2 ** 20;

/** What the browser says of a file it cannot write is an exception without a word for the user. */
async function writing(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (cause) {
    const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    throw new CheckpointError(
      'write-failed',
      isFull
        ? 'There is no room left where the file is being saved.'
        : `The file could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      { advice: isFull ? 'Free some disk space, or choose another place.' : 'Choose another place.' },
      { cause },
    );
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

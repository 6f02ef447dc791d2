/** Keeps changed bytes until the Blob of the whole file is made. */
import { CheckpointError } from '../lib/errors';
import { SpillFile } from './spillFile';

/**
 * Bytes that stay in memory (the browser's blob store), so that small exports leave no file behind; what is beyond goes to
 * the origin-private file system.
 */
const defaultMemoryLimit = 32 * 2 ** 20;

/** Bytes `[start, end)` of a Blob. */
export interface BlobRange {
  readonly blob: Blob;
  readonly start: number;
  readonly end: number;
}

export interface PatchStore {
  /** Copies the bytes. */
  put(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Where each patch is, in the order they were put. */
  finish(): Promise<BlobRange[]>;
  /** Lets go of everything, when the export failed or was cancelled. */
  discard(): Promise<void>;
}

/** Starts in memory and goes on in the origin-private file system, where there is one, once there is too much. */
export class SpillingPatchStore implements PatchStore {
  private readonly kept: (Blob | { at: number; length: number })[] = [];
  private readonly memoryLimit: number;
  private bytesInMemory = 0;
  private spill: SpillFile | null | undefined;

  constructor(memoryLimit = defaultMemoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.bytesInMemory + bytes.length > this.memoryLimit && this.spill === undefined)
      this.spill = await SpillFile.open();
    const at = this.spill?.append(bytes);
    if (at !== undefined) {
      this.kept.push({ at, length: bytes.length });
      return;
    }
    this.bytesInMemory += bytes.length;
    this.kept.push(new Blob([bytes]));
  }

  /** @throws CheckpointError `write-failed` where the browser did not keep what it took */
  async finish(): Promise<BlobRange[]> {
    const spilled = await this.spill?.finish();
    await Promise.all(this.kept.map((patch) => patch instanceof Blob && assertKept(patch)));
    return this.kept.map((patch) =>
      patch instanceof Blob
        ? { blob: patch, start: 0, end: patch.size }
        : { blob: spilled!, start: patch.at, end: patch.at + patch.length },
    );
  }

  async discard(): Promise<void> {
    this.kept.length = 0;
    await this.spill?.remove();
  }
}

/** A Blob that the browser had no room for has its size all the same: only reading tells. */
async function assertKept(blob: Blob): Promise<void> {
  try {
    await blob.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new CheckpointError(
      'write-failed',
      'The browser has no room for the changed weights until they are downloaded.',
      { advice: 'Free some disk space, or use "Save to…", which needs no room beside the file itself.' },
      { cause },
    );
  }
}

/** Blobs to make one of: neighbours are one slice, so that a file of which all has changed has few parts. */
export function joined(ranges: Iterable<BlobRange>): Blob[] {
  const runs: { blob: Blob; start: number; end: number }[] = [];
  for (const { blob, start, end } of ranges) {
    if (start === end) continue;
    const last = runs.at(-1);
    if (last?.blob === blob && last.end === start) last.end = end;
    else runs.push({ blob, start, end });
  }
  return runs.map(({ blob, start, end }) => (end - start === blob.size ? blob : blob.slice(start, end)));
}

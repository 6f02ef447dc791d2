/** Keeps changed bytes until the Blob of the whole file is made. */
import { CheckpointError } from '../../lib/errors';
import { SpillFile } from '../worker/spillFile';

/** So much stays in memory, so that small exports leave no file behind; more goes to the origin-private file system. */
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

/** In the spill file. */
interface Spilled {
  readonly at: number;
  readonly length: number;
}

/** In memory, as long as there is not too much; then in a file, or in Blobs where there is none or it is full. */
export class SpillingPatchStore implements PatchStore {
  private readonly memoryLimit: number;
  private bytesInMemory = 0;
  /** Patches are numbered as they are put. Those still in memory: */
  private readonly inMemory = new Map<number, Uint8Array<ArrayBuffer>>();
  /** By number, all others. */
  private readonly placed: (Spilled | BlobRange)[] = [];
  private count = 0;
  private spill: SpillFile | null | undefined;

  constructor(memoryLimit = defaultMemoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.bytesInMemory + bytes.length > this.memoryLimit) {
      if (this.spill === undefined) this.spill = await SpillFile.open();
      this.moveToFile();
      this.moveToBlob();
    }
    const index = this.count++;
    if (this.append(index, bytes)) return;
    this.inMemory.set(index, bytes.slice());
    this.bytesInMemory += bytes.length;
  }

  /** @throws CheckpointError `write-failed` where the browser did not keep what it took */
  async finish(): Promise<BlobRange[]> {
    this.moveToBlob();
    const file = await this.spill?.finish();
    const ranges = this.placed.map((place) => ('blob' in place ? place : rangeIn(file!, place)));
    const blobs = new Set(ranges.map(({ blob }) => blob));
    await Promise.all([...blobs].map((blob) => blob !== file && assertKept(blob)));
    return ranges;
  }

  async discard(): Promise<void> {
    this.inMemory.clear();
    this.placed.length = 0;
    await this.spill?.remove();
  }

  /** To the file. @returns whether there is one that took them */
  private append(index: number, bytes: Uint8Array<ArrayBuffer>): boolean {
    const at = this.spill?.append(bytes);
    if (at !== undefined) this.placed[index] = { at, length: bytes.length };
    return at !== undefined;
  }

  private moveToFile(): void {
    for (const [index, bytes] of this.inMemory) if (this.append(index, bytes)) this.inMemory.delete(index);
  }

  /** One for all: a Blob each would take the browser longer than their bytes do. */
  private moveToBlob(): void {
    const blob = new Blob([...this.inMemory.values()]);
    let at = 0;
    for (const [index, { length }] of this.inMemory) {
      this.placed[index] = rangeIn(blob, { at, length });
      at += length;
    }
    this.inMemory.clear();
    this.bytesInMemory = 0;
  }
}

function rangeIn(blob: Blob, { at, length }: Spilled): BlobRange {
  return { blob, start: at, end: at + length };
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

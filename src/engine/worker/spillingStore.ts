/** Keeps changed bytes until the Blob of the whole file is made. */
import { blobSource } from '../../lib/browser/blobSource';
import { CheckpointError } from '../../lib/errors';
import { found } from '../../lib/known';
import type { Extent } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import type { ByteStore } from '../../lib/splicingSink';
import { SpillFile } from './spillFile';

/** So much stays in memory, so that small exports leave no file behind; more goes to the origin-private file system. */
const defaultMemoryLimit = 32 * 2 ** 20;

/** In the spill file. */
interface Spilled {
  readonly at: number;
  readonly length: number;
}

/** In memory, as long as there is not too much; then in a file, or in Blobs where there is none or it is full. */
export class SpillingStore implements ByteStore {
  private readonly memoryLimit: number;
  private bytesInMemory = 0;
  /** Patches are numbered as they are put. Those still in memory: */
  private readonly inMemory = new Map<number, Uint8Array<ArrayBuffer>>();
  /** By number, all others. */
  private readonly placed: (Spilled | Extent)[] = [];
  private count = 0;
  private spill: SpillFile | null | undefined;
  private finished: Promise<readonly Extent[]> | undefined;

  constructor(memoryLimit = defaultMemoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    if (this.bytesInMemory + bytes.length > this.memoryLimit) {
      if (this.spill === undefined) this.spill = await SpillFile.open();
      this.moveToFile();
      this.moveToBlob();
    }
    const index = this.count++;
    if (this.append(index, bytes)) return index;
    this.inMemory.set(index, bytes.slice());
    this.bytesInMemory += bytes.length;
    return index;
  }

  /** @throws CheckpointError `write-failed` where the browser did not keep what it took */
  finish(): Promise<readonly Extent[]> {
    this.finished ??= this.makeExtents();
    return this.finished;
  }

  private async makeExtents(): Promise<readonly Extent[]> {
    this.moveToBlob();
    const file = this.spill ? blobSource(await this.spill.finish()) : undefined;
    const extents = this.placed.map((place) => ('source' in place ? place : extentIn(found(file, 'a file'), place)));
    const sources = new Set(extents.map(({ source }) => source));
    await Promise.all([...sources].map((source) => source !== file && assertKept(source)));
    return extents;
  }

  async discard(): Promise<void> {
    this.inMemory.clear();
    this.placed.length = 0;
    await this.spill?.remove();
    this.spill = null;
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
    const source = blobSource(new Blob([...this.inMemory.values()]));
    let at = 0;
    for (const [index, { length }] of this.inMemory) {
      this.placed[index] = extentIn(source, { at, length });
      at += length;
    }
    this.inMemory.clear();
    this.bytesInMemory = 0;
  }
}

function extentIn(source: ByteSource, { at, length }: Spilled): Extent {
  return { source, start: at, end: at + length };
}

/** A Blob that the browser had no room for has its size all the same: only reading tells. */
async function assertKept(source: ByteSource): Promise<void> {
  try {
    await source.read(0, Math.min(1, source.size));
  } catch (cause) {
    throw new CheckpointError(
      'write-failed',
      'The browser has no room for the changed weights until they are downloaded.',
      { advice: 'Free some disk space, or use "Save to…", which needs no room beside the file itself.' },
      { cause },
    );
  }
}

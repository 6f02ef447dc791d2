/** Where patches go: a spliced Blob for a download, or straight to a file on disk. */
import { CheckpointError } from '../lib/errors';
import type { Patch } from './patches';

/** Bytes of patches that wait in memory (the browser's blob store); what is beyond goes to the origin's private file system. */
const defaultMemoryLimit = 256 * 2 ** 20;

/**
 * The patched file as a Blob: slices of the original between the patches. Nothing is copied but the patches.
 * @returns the Blob and what the generator of patches returned
 */
export async function spliceFile<Result>(
  file: Blob,
  patches: AsyncGenerator<Patch, Result>,
  store: PatchStore,
): Promise<{ blob: Blob; result: Result }> {
  const places: { offset: number; length: number }[] = [];
  let result: Result;
  let stored: Blob[];
  try {
    result = await forEachPatch(patches, async ({ offset, bytes }) => {
      places.push({ offset, length: bytes.length });
      await store.put(bytes);
    });
    stored = await store.finish();
  } catch (error) {
    await store.discard().catch(() => {});
    throw error;
  }
  const order = places.map((place, i) => ({ ...place, blob: stored[i]! })).sort((a, b) => a.offset - b.offset);
  const parts: Blob[] = [];
  let position = 0;
  for (const { offset, length, blob } of order) {
    if (offset > position) parts.push(file.slice(position, offset));
    parts.push(blob);
    position = offset + length;
  }
  if (position < file.size) parts.push(file.slice(position));
  return { blob: new Blob(parts, { type: 'application/octet-stream' }), result };
}

/** Copies `file` to `writable` with the patches in place; out-of-order patches (checksums) are written where they belong. */
export async function writePatched<Result>(
  file: Blob,
  patches: AsyncGenerator<Patch, Result>,
  writable: FileSystemWritableFileStream,
): Promise<Result> {
  try {
    let position = 0;
    const result = await forEachPatch(patches, async ({ offset, bytes }) => {
      if (offset > position) await copy(file, position, offset, writable);
      await writable.write({ type: 'write', position: offset, data: bytes });
      position = Math.max(position, offset + bytes.length);
    });
    if (position < file.size) await copy(file, position, file.size, writable);
    await writable.close();
    return result;
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

const copyBytes = 8 * 2 ** 20;

async function copy(file: Blob, start: number, end: number, writable: FileSystemWritableFileStream): Promise<void> {
  for (let position = start; position < end; position += copyBytes) {
    const data = await file.slice(position, Math.min(end, position + copyBytes)).arrayBuffer();
    await writable.write({ type: 'write', position, data });
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

/** Keeps patches until the Blob is made. */
export interface PatchStore {
  put(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** One Blob per patch, in the order they were put. */
  finish(): Promise<Blob[]>;
  /** Lets go of everything, when the export failed or was cancelled. */
  discard(): Promise<void>;
}

/** Starts in memory and goes on in the origin-private file system, where there is one, once there is too much. */
export class SpillingPatchStore implements PatchStore {
  private readonly kept: (Blob | { at: number; length: number })[] = [];
  private readonly memoryLimit: number;
  private bytesInMemory = 0;
  private spill: Spill | null | undefined;

  constructor(memoryLimit = defaultMemoryLimit) {
    this.memoryLimit = memoryLimit;
  }

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.bytesInMemory + bytes.length > this.memoryLimit && this.spill === undefined)
      this.spill = await Spill.open();
    const at = this.spill?.append(bytes);
    if (at !== undefined) {
      this.kept.push({ at, length: bytes.length });
      return;
    }
    this.bytesInMemory += bytes.length;
    this.kept.push(new Blob([bytes]));
  }

  async finish(): Promise<Blob[]> {
    const spilled = await this.spill?.finish();
    return this.kept.map((patch) =>
      patch instanceof Blob ? patch : spilled!.slice(patch.at, patch.at + patch.length),
    );
  }

  async discard(): Promise<void> {
    this.kept.length = 0;
    await this.spill?.remove();
  }
}

const spillPrefix = 'secateur-patches-';

/** An append-only file of this origin. Other tabs leave it alone as long as our lock on its name is held. */
class Spill {
  private readonly handle: FileSystemFileHandle;
  private readonly access: FileSystemSyncAccessHandle;
  private size = 0;
  private full = false;

  private constructor(handle: FileSystemFileHandle, access: FileSystemSyncAccessHandle) {
    this.handle = handle;
    this.access = access;
  }

  /** Null where the browser has no such file system (or refuses it, as some private windows do). */
  static async open(): Promise<Spill | null> {
    try {
      const root = await navigator.storage.getDirectory();
      await removeAbandoned(root);
      const name = spillPrefix + crypto.randomUUID();
      // Held until the worker ends: the download may read the file for as long as the page lives.
      await holdLock(name);
      const handle = await root.getFileHandle(name, { create: true });
      return new Spill(handle, await handle.createSyncAccessHandle());
    } catch {
      return null;
    }
  }

  /** @returns where it was written, or undefined once the file system is full (a private window's writes short silently). */
  append(bytes: Uint8Array<ArrayBuffer>): number | undefined {
    if (this.full) return undefined;
    let written = 0;
    try {
      written = this.access.write(bytes, { at: this.size });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
    }
    if (written !== bytes.length) {
      this.full = true;
      return undefined;
    }
    const at = this.size;
    this.size += written;
    return at;
  }

  async finish(): Promise<File> {
    this.access.flush();
    this.access.close();
    const file = await this.handle.getFile();
    if (file.size < this.size) {
      throw new CheckpointError('write-failed', `The browser kept ${file.size} of ${this.size} bytes.`, {
        advice: 'Free some disk space, or use "Save to…".',
      });
    }
    return file;
  }

  async remove(): Promise<void> {
    this.access.close();
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(this.handle.name);
  }
}

/** Settles once the lock is held, which it then is for as long as this worker lives. */
function holdLock(name: string): Promise<void> {
  return new Promise((held, failed) => {
    const forever = new Promise<never>(() => {});
    navigator.locks
      .request(name, () => {
        held();
        return forever;
      })
      .catch(failed);
  });
}

/** Removes the files of workers that are gone. */
async function removeAbandoned(root: FileSystemDirectoryHandle): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const inUse = new Set(held.map((lock) => lock.name));
  for await (const name of root.keys()) {
    if (name.startsWith(spillPrefix) && !inUse.has(name)) await root.removeEntry(name).catch(() => {});
  }
}

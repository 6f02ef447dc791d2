/** A file in the origin-private file system, for what is too much to keep in memory. */
import { CheckpointError } from '../../lib/errors';

const prefix = 'secateur-patches-';

/** Append-only. Other tabs leave it alone as long as our lock on its name is held. */
export class SpillFile {
  private readonly handle: FileSystemFileHandle;
  private readonly access: FileSystemSyncAccessHandle;
  private readonly unlock: () => void;
  private size = 0;
  private full = false;

  private constructor(handle: FileSystemFileHandle, access: FileSystemSyncAccessHandle, unlock: () => void) {
    this.handle = handle;
    this.access = access;
    this.unlock = unlock;
  }

  /** Null where the browser has no such file system (or refuses it, as some private windows do). */
  static async open(): Promise<SpillFile | null> {
    try {
      const root = await navigator.storage.getDirectory();
      await removeAbandoned(root);
      const name = prefix + crypto.randomUUID();
      // Held until the file is removed or the worker ends: the download may read it for as long as the page lives.
      const unlock = await holdLock(name);
      const handle = await root.getFileHandle(name, { create: true });
      return new SpillFile(handle, await handle.createSyncAccessHandle(), unlock);
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

  /** @throws CheckpointError `write-failed` */
  async finish(): Promise<File> {
    // Not flushed: it need not outlive a crash, and the disk would be waited for.
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
    this.unlock();
  }
}

/** Settles once the lock is held. @returns lets go of it, which the end of this worker does too */
function holdLock(name: string): Promise<() => void> {
  return new Promise((held, failed) => {
    navigator.locks.request(name, () => new Promise<void>((unlock) => held(unlock))).catch(failed);
  });
}

/** Removes the files of workers that are gone. */
async function removeAbandoned(root: FileSystemDirectoryHandle): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const inUse = new Set(held.map((lock) => lock.name));
  for await (const name of root.keys()) {
    if (name.startsWith(prefix) && !inUse.has(name)) await root.removeEntry(name).catch(() => {});
  }
}

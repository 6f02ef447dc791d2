/** Files without a name, for bytes that are read again before an export is done. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../lib/known';
import type { ByteSink, Extent } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { type ByteStore, SplicingSink } from '../../lib/splicingSink';
import { settled, writeAll } from './fileSink';
import { FileSource } from './fileSource';

/** What was read through sources of these is gone once they are closed. */
export class ScratchFiles {
  private readonly stores: FileStore[] = [];

  /** Copies nothing but what is put. */
  readonly open = (): ByteSink<ByteSource> => {
    const store = new FileStore();
    this.stores.push(store);
    return new SplicingSink(store, splicedSource);
  };

  async close(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.discard()));
  }
}

class FileStore implements ByteStore {
  private handle: Promise<FileHandle> | undefined;
  /** Where each ends, in the order they were put. */
  private readonly ends: number[] = [];

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    this.handle ??= settled(openNameless());
    const start = this.ends.at(-1) ?? 0;
    const index = this.ends.push(start + bytes.length) - 1;
    await settled(writeAll(await this.handle, bytes, start));
    return index;
  }

  async finish(): Promise<readonly Extent[]> {
    if (!this.handle) return [];
    const source = new FileSource(await this.handle, this.ends.at(-1) ?? 0);
    return this.ends.map((end, i) => ({ source, start: i === 0 ? 0 : at(this.ends, i - 1), end }));
  }

  async discard(): Promise<void> {
    const handle = await this.handle?.catch(() => undefined);
    this.handle = undefined;
    await handle?.close();
  }
}

/** Nobody else can open it, and the system removes it as soon as it is closed, however this process ends. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `secateur-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path);
  return handle;
}

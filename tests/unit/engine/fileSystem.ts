/** Stand-ins for what browsers have and Node lacks: files that are written, and the origin-private file system. */
import { expect, vi } from 'vitest';

/** A file on disk that is written as the browser's are: all or nothing, at close, and what it is given is looked at late. */
export class FakeWritable {
  /** Sizes of writes, which come one at a time. */
  readonly pieces: number[] = [];
  state: 'open' | 'closed' | 'aborted' = 'open';
  private readonly written: { position: number; bytes: Uint8Array }[] = [];
  private readonly failAt: number;
  private readonly delay: () => Promise<void>;
  private size = 0;
  private isWriting = false;

  constructor({ failAt = Number.POSITIVE_INFINITY, delay = () => Promise.resolve() } = {}) {
    this.failAt = failAt;
    this.delay = delay;
  }

  get stream(): FileSystemWritableFileStream {
    return this as unknown as FileSystemWritableFileStream;
  }

  async write({ position, data }: { position: number; data: Uint8Array | Blob }): Promise<void> {
    expect(this.isWriting).toBe(false);
    this.isWriting = true;
    await this.delay();
    const bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data.slice();
    this.isWriting = false;
    if (position + bytes.length > this.failAt) throw new DOMException('The disk is full.', 'QuotaExceededError');
    // Nothing is left to be filled with zeros.
    expect(position).toBeLessThanOrEqual(this.size);
    this.written.push({ position, bytes });
    this.pieces.push(bytes.length);
    this.size = Math.max(this.size, position + bytes.length);
  }
  async close(): Promise<void> {
    this.state = 'closed';
  }
  async abort(): Promise<void> {
    this.state = 'aborted';
  }
  result(): Uint8Array {
    const result = new Uint8Array(this.size);
    for (const { position, bytes } of this.written) result.set(bytes, position);
    return result;
  }
}

/** An origin's private file system with room for `room` bytes; a full one writes short, or throws. */
export function stubFileSystem({
  room = Number.POSITIVE_INFINITY,
  throws = false,
  lost = 0,
  abandoned = [] as string[],
} = {}) {
  const files = new Map<string, number[]>(abandoned.map((name) => [name, []]));
  const opened = { handles: 0 };
  const handleOf = (name: string) => ({
    name,
    createSyncAccessHandle: async () => {
      opened.handles++;
      let isOpen = true;
      return {
        write(bytes: Uint8Array, { at }: { at: number }) {
          const content = files.get(name)!;
          const fits = Math.max(0, Math.min(bytes.length, room - at));
          if (throws && fits < bytes.length) throw new DOMException('Full.', 'QuotaExceededError');
          for (let i = 0; i < fits; i++) content[at + i] = bytes[i]!;
          return fits;
        },
        close: () => {
          if (isOpen) opened.handles--;
          isOpen = false;
        },
      };
    },
    getFile: async () => {
      const content = files.get(name)!;
      return new File([new Uint8Array(content.slice(0, content.length - lost))], name);
    },
  });
  const root = {
    keys: async function* () {
      yield* [...files.keys()];
    },
    removeEntry: async (name: string) => {
      files.delete(name);
    },
    getFileHandle: async (name: string) => {
      files.set(name, []);
      return handleOf(name);
    },
  };
  const locks = new Set<string>();
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => root },
    locks: {
      request: async (name: string, hold: () => Promise<void>) => {
        locks.add(name);
        await hold();
        locks.delete(name);
      },
      query: async () => ({ held: [...locks].map((name) => ({ name })) }),
    },
  });
  return { files, opened, locks };
}

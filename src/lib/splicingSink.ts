/** A sink that copies nothing but what is put: what it closes with lies partly in the sources it was copied from. */
import { CheckpointError } from './errors';
import { at } from './known';
import type { ByteSink, Extent } from './sink';
import { type ByteSource, memorySource } from './source';
import { type Splice, splicedSource } from './splice';

/** Keeps bytes that are put. Several sinks may share one. */
export interface ByteStore {
  /** Copies the bytes. @returns their number: 0, 1, … */
  put(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Where they are, by number; nothing is put any more. May be called again. */
  finish(): Promise<readonly Extent[]>;
  /** Lets go of everything, when the writing failed or was cancelled. */
  discard(): Promise<void>;
}

interface Placed {
  readonly offset: number;
  readonly length: number;
}

export class SplicingSink<Closed> implements ByteSink<Closed> {
  private readonly store: ByteStore;
  private readonly made: (splice: Splice) => Closed;
  /** With their numbers in the store. */
  private readonly puts: (Placed & { readonly stored: number })[] = [];
  private readonly copies: (Placed & { readonly extent: Extent })[] = [];

  constructor(store: ByteStore, made: (splice: Splice) => Closed) {
    this.store = store;
    this.made = made;
  }

  async put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.puts.push({ offset, length: bytes.length, stored: await this.store.put(bytes) });
  }

  async copy(extent: Extent, offset: number): Promise<void> {
    const length = extent.end - extent.start;
    if (length > 0) this.copies.push({ offset, length, extent });
  }

  async close(): Promise<Closed> {
    return this.made(this.splice(await this.store.finish()));
  }

  async abort(): Promise<void> {
    await this.store.discard().catch(() => {});
  }

  /** What was put, and between it what was copied. */
  private splice(stored: readonly Extent[]): Splice {
    const puts = this.puts.sort(byOffset);
    const copies = this.copies.sort(byOffset);
    const splice: Extent[] = [];
    let position = 0;
    let next = 0;
    const fillTo = (end: number) => {
      for (; position < end; next++) {
        const copied = copies[next];
        if (!copied || copied.offset > position) throw wrongAt(position);
        const { source, start } = copied.extent;
        const from = start + position - copied.offset;
        position = Math.max(position, Math.min(end, copied.offset + copied.length));
        splice.push({ source, start: from, end: start + position - copied.offset });
        if (position < copied.offset + copied.length) return;
      }
    };
    for (const put of puts) {
      fillTo(put.offset);
      if (position > put.offset) throw wrongAt(put.offset);
      splice.push(at(stored, put.stored));
      position += put.length;
    }
    const last = copies.at(-1);
    if (last) fillTo(last.offset + last.length);
    return splice;
  }
}

function byOffset(a: Placed, b: Placed): number {
  return a.offset - b.offset;
}

function wrongAt(offset: number): CheckpointError {
  return new CheckpointError('internal', `Byte ${offset} of the new file was not written once.`, { offset });
}

/** In memory, however much it is. */
class MemoryStore implements ByteStore {
  private readonly stored: Extent[] = [];

  async put(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.stored.push({ source: memorySource(bytes.slice()), start: 0, end: bytes.length }) - 1;
  }

  async finish(): Promise<readonly Extent[]> {
    return this.stored;
  }

  async discard(): Promise<void> {
    this.stored.length = 0;
  }
}

/** A file in memory, but for what is copied from elsewhere. */
export function memorySink(): ByteSink<ByteSource> {
  return new SplicingSink(new MemoryStore(), splicedSource);
}

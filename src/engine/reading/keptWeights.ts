/** Weights that stay in memory as they are measured, where a checkpoint's fit: a browser reads files at some 1 GB/s. */
import { CheckpointError } from '../../lib/errors';
import { lastIndexWhere } from '../../lib/search';
import type { ByteSource } from '../../lib/source';

/** Bytes that lie together in the file. */
export interface KeptBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A file, parts of which may be in memory. */
export interface WeightSource extends ByteSource {
  /** The most that is read at a time; absent: what suits weights that are worked on once and forgotten. */
  readonly windowBytes?: number;
  /**
   * Bytes from `offset` as far as they are in memory in one run, at most `length`: a view that must not be changed.
   * Undefined where they have to be read. Never to be recycled.
   */
  held?(offset: number, length: number): Uint8Array | undefined;
  /** Called by whoever works on views, before the first. @returns to be called after the last */
  use?(): () => void;
}

/** Pages of the file that are held against what was kept, at most: some milliseconds. */
const mostCompared = 64;
const comparedBytes = 4096;

export class KeptWeights {
  /** In file order once they are looked for. */
  private runs: KeptBytes[] = [];
  private areSorted = true;
  private isGone = false;
  private users = 0;

  /** Takes bytes as they were read; nobody may change them from here on. */
  keep(run: KeptBytes): void {
    if (this.isGone) return;
    this.runs.push(run);
    this.areSorted = false;
  }

  /** Whether they were let go. */
  get areGone(): boolean {
    return this.isGone;
  }

  /** For good; their memory is free once nobody works on views of it. */
  letGo(): void {
    this.isGone = true;
    if (this.users === 0) this.free();
  }

  private free(): void {
    discard(this.runs.splice(0).map(({ bytes }) => bytes.buffer));
  }

  /** See WeightSource. */
  use(): () => void {
    this.users++;
    return () => {
      this.users--;
      if (this.users === 0 && this.isGone) this.free();
    };
  }

  /** See WeightSource. */
  held(offset: number, length: number): Uint8Array | undefined {
    const run = this.isGone ? undefined : this.lastRunFrom(offset);
    if (!run) return undefined;
    const from = offset - run.offset;
    return from < run.bytes.length ? run.bytes.subarray(from, from + length) : undefined;
  }

  private lastRunFrom(offset: number): KeptBytes | undefined {
    if (!this.areSorted) this.runs.sort((a, b) => a.offset - b.offset);
    this.areSorted = true;
    return this.runs[lastIndexWhere(this.runs, (run) => run.offset <= offset)];
  }

  /**
   * Looks into the file in many places: what is made of kept weights and of bytes read now has to be of one file. A browser
   * may refuse to read a file that was changed, or read it as it is now.
   * @throws CheckpointError `file-unreadable`; what `source.read` throws
   */
  async assertStillIn(source: ByteSource): Promise<void> {
    const step = Math.max(1, Math.ceil(this.runs.length / mostCompared));
    const compared = this.runs.filter((_, i) => i % step === 0);
    // Copies: weights may be let go meanwhile.
    const pages = compared.map(({ offset, bytes }) => ({ offset, kept: bytes.slice(0, comparedBytes) }));
    await Promise.all(
      pages.map(async ({ offset, kept }) => {
        const found = await source.read(offset, kept.length);
        if (kept.every((byte, i) => byte === found[i])) return;
        throw new CheckpointError('file-unreadable', 'The file was changed after it was opened.', {
          offset,
          advice: 'Open it again.',
        });
      }),
    );
  }
}

/**
 * Gives memory back at once: a worker that has nothing to do collects no garbage. Sent to where nobody listens, as Chromium
 * holds on to what `ArrayBuffer.prototype.transfer` takes from a buffer, and drops nothing that goes to a closed port.
 */
function discard(buffers: readonly ArrayBufferLike[]): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, buffers as ArrayBuffer[]);
  port2.close();
  port1.close();
}

/** Large enough that a read's fixed cost vanishes. */
export const keptWindowBytes = 8 * 2 ** 20;

/** Reads the file and keeps what it read, which is therefore not recycled. Its reader promises not to change the bytes. */
export function keeping(source: ByteSource, keep: (run: KeptBytes) => void): WeightSource {
  return {
    size: source.size,
    windowBytes: keptWindowBytes,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      keep({ offset, bytes });
      return bytes;
    },
  };
}

/** The file with what was kept of it. */
export function withKept(source: ByteSource, kept: KeptWeights): WeightSource {
  return {
    size: source.size,
    windowBytes: keptWindowBytes,
    read: (offset, length) => source.read(offset, length),
    held: (offset, length) => kept.held(offset, length),
    recycle: (bytes) => source.recycle?.(bytes),
    use: () => kept.use(),
  };
}

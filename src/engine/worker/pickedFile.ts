/** A file on disk that was picked. It is written in pieces, each while the next is being made. */
import { asBlobSource } from '../../lib/browser/blobOf';
import { CheckpointError } from '../../lib/errors';
import type { ByteSink, Extent } from '../../lib/sink';
import { SpillFile } from './spillFile';

/** A write costs the browser a journey between its processes, whatever its size. */
const memoryBytes = 8 * 2 ** 20;
/**
 * A piece that outgrows the memory goes on in a file of the origin-private file system: the browser copies from file to file
 * nearly twice as fast as it takes bytes. There are two at a time, and cancelling waits for one.
 */
const stagedBytes = 64 * 2 ** 20;

/** Files that are written at the same time share it: only a piece that grows, or is being written, has any. */
export class PieceMemory {
  readonly bytes: number;
  private readonly idle: Uint8Array<ArrayBuffer>[] = [];

  constructor(bytes = memoryBytes) {
    this.bytes = bytes;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.idle.pop() ?? new Uint8Array(this.bytes);
  }

  giveBack(memory: Uint8Array<ArrayBuffer>): void {
    this.idle.push(memory);
  }
}

export class PickedFile implements ByteSink<void> {
  private readonly writable: FileSystemWritableFileStream;
  private readonly pieceMemory: PieceMemory;
  private readonly stagedBytes: number;
  /** Holds the piece, until it outgrows it. */
  private memory: Uint8Array<ArrayBuffer> | undefined;
  /** Holds the piece, once it has outgrown the memory. */
  private staged: SpillFile | undefined;
  private canStage = true;
  /** Where the piece begins in the file. */
  private position = 0;
  private filled = 0;
  private written: Promise<void> = Promise.resolve();

  constructor(writable: FileSystemWritableFileStream, pieceMemory = new PieceMemory(), staged = stagedBytes) {
    this.writable = writable;
    this.pieceMemory = pieceMemory;
    this.stagedBytes = staged;
  }

  async put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (offset !== this.position + this.filled) await this.handOver();
    if (this.filled === 0) this.position = offset;
    for (let rest = bytes; rest.length > 0; ) {
      const taken = this.staged ? this.putStaged(this.staged, rest) : this.putInMemory(rest);
      this.filled += taken;
      rest = rest.subarray(taken);
      if (taken === 0) await this.makeRoom();
    }
  }

  /** @returns how many were taken */
  private putInMemory(bytes: Uint8Array): number {
    this.memory ??= this.pieceMemory.take();
    const taken = bytes.subarray(0, this.memory.length - this.filled);
    this.memory.set(taken, this.filled);
    return taken.length;
  }

  private putStaged(file: SpillFile, bytes: Uint8Array<ArrayBuffer>): number {
    const taken = bytes.subarray(0, this.stagedBytes - this.filled);
    if (taken.length === 0 || file.append(taken) !== undefined) return taken.length;
    this.canStage = false;
    return 0;
  }

  private async makeRoom(): Promise<void> {
    if (!this.memory || !(await this.moveToFile(this.memory))) await this.handOver();
  }

  /** @returns whether there is a file that took the piece */
  private async moveToFile(memory: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const file = this.canStage ? await SpillFile.open() : null;
    if (file?.append(memory) === undefined) {
      this.canStage = false;
      await file?.remove();
      return false;
    }
    this.staged = file;
    this.memory = undefined;
    this.pieceMemory.giveBack(memory);
    return true;
  }

  async copy({ source, start, end }: Extent, offset: number): Promise<void> {
    const { blob } = asBlobSource(source);
    await this.handOver();
    for (let at = start; at < end; at += stagedBytes) {
      await this.write(offset + at - start, blob.slice(at, Math.min(end, at + stagedBytes)));
    }
  }

  async close(): Promise<void> {
    await this.handOver();
    await this.written;
    await settled(this.writable.close());
  }

  async abort(): Promise<void> {
    await this.writable.abort().catch(() => {});
    await this.written.catch(() => {});
    await this.staged?.remove().catch(() => {});
  }

  private async handOver(): Promise<void> {
    const { memory, staged, position, filled } = this;
    if (staged) {
      const file = await staged.finish();
      // Longer where it is full and did not take all of the last bytes.
      const piece = file.size === filled ? file : file.slice(0, filled);
      await this.write(position, piece, () => staged.remove().catch(() => {}));
      this.staged = undefined;
    } else if (memory) {
      await this.write(position, memory.subarray(0, filled), () => this.pieceMemory.giveBack(memory));
      this.memory = undefined;
    }
    this.position = position + filled;
    this.filled = 0;
  }

  /** Begins to write once what was handed over before is written. @param done is called afterwards */
  private async write(position: number, data: Uint8Array<ArrayBuffer> | Blob, done = () => {}): Promise<void> {
    await this.written;
    this.written = settled(this.writable.write({ type: 'write', position, data })).finally(done);
    // Whoever waits for it next hears of it.
    this.written.catch(() => {});
  }
}

/** What the browser says of a file it cannot write is an exception without a word for the user. */
async function settled(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : '';
    // It is the file that is copied that cannot be read.
    if (name === 'NotReadableError') throw cause;
    const isFull = name === 'QuotaExceededError';
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

/** Writes a file on disk in pieces, each while the next is being made. */
import { CheckpointError } from '../../lib/errors';
import { SpillFile } from './spillFile';

/** A write costs the browser a journey between its processes, whatever its size. */
const memoryBytes = 8 * 2 ** 20;
/**
 * A piece that outgrows the memory goes on in a file of the origin-private file system: the browser copies from file to file
 * nearly twice as fast as it takes bytes. There are two at a time, and cancelling waits for one.
 */
const stagedBytes = 64 * 2 ** 20;

export class PieceWriter {
  private readonly writable: FileSystemWritableFileStream;
  private readonly stagedBytes: number;
  private memory: Uint8Array<ArrayBuffer>;
  /** Is being written, or nothing is. */
  private other: Uint8Array<ArrayBuffer>;
  /** Holds the piece, once it has outgrown the memory. */
  private staged: SpillFile | undefined;
  private canStage = true;
  /** Where the piece begins in the file. */
  private position = 0;
  private filled = 0;
  private written: Promise<void> = Promise.resolve();

  constructor(writable: FileSystemWritableFileStream, limits = { memoryBytes, stagedBytes }) {
    this.writable = writable;
    this.stagedBytes = limits.stagedBytes;
    this.memory = new Uint8Array(limits.memoryBytes);
    this.other = new Uint8Array(limits.memoryBytes);
  }

  /** Copies the bytes. @throws CheckpointError `write-failed`, for earlier ones too */
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
    if (this.staged || !(await this.moveToFile())) await this.handOver();
  }

  /** @returns whether there is a file that took the piece */
  private async moveToFile(): Promise<boolean> {
    const file = this.canStage ? await SpillFile.open() : null;
    if (file?.append(this.memory) === undefined) {
      this.canStage = false;
      await file?.remove();
      return false;
    }
    this.staged = file;
    return true;
  }

  /** Bytes `[start, end)` of a file to the same place. Its bytes do not come through this thread. */
  async copy(file: Blob, start: number, end: number): Promise<void> {
    await this.handOver();
    for (let position = start; position < end; position += stagedBytes) {
      await this.write(position, file.slice(position, Math.min(end, position + stagedBytes)));
    }
  }

  /** @throws CheckpointError `write-failed` */
  async close(): Promise<void> {
    await this.handOver();
    await this.written;
    await settled(this.writable.close());
  }

  /** Leaves the file as it was. */
  async abort(): Promise<void> {
    await this.writable.abort().catch(() => {});
    await this.written.catch(() => {});
    await this.staged?.remove();
  }

  private async handOver(): Promise<void> {
    const { memory, staged, position, filled } = this;
    if (filled === 0) return;
    if (staged) {
      const file = await staged.finish();
      // Longer where it is full and did not take all of the last bytes.
      await this.write(position, file.size === filled ? file : file.slice(0, filled), staged);
      this.staged = undefined;
    } else {
      await this.write(position, memory.subarray(0, filled));
      this.memory = this.other;
      this.other = memory;
    }
    this.position = position + filled;
    this.filled = 0;
  }

  /** Begins to write once what was handed over before is written. @param source is removed afterwards */
  private async write(position: number, data: Uint8Array<ArrayBuffer> | Blob, source?: SpillFile): Promise<void> {
    await this.written;
    this.written = settled(this.writable.write({ type: 'write', position, data }));
    if (source) this.written = this.written.finally(() => source.remove().catch(() => {}));
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

/** Writes a file on disk in pieces, each while the next is being made. */
import { CheckpointError } from '../lib/errors';

/** A write costs the browser a journey between its processes, whatever its size. */
const pieceBytes = 8 * 2 ** 20;
/** Of another file, which the browser copies by itself: cancelling waits for so much at most. */
const copyBytes = 64 * 2 ** 20;

export class PieceWriter {
  private readonly writable: FileSystemWritableFileStream;
  private piece = new Uint8Array(pieceBytes);
  /** Is being written, or nothing is. */
  private other = new Uint8Array(pieceBytes);
  /** Where the piece begins in the file. */
  private position = 0;
  private filled = 0;
  private written: Promise<void> = Promise.resolve();

  constructor(writable: FileSystemWritableFileStream) {
    this.writable = writable;
  }

  /** Copies the bytes. @throws CheckpointError `write-failed`, for earlier ones too */
  async put(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset !== this.position + this.filled) await this.handOver();
    if (this.filled === 0) this.position = offset;
    for (let rest = bytes; rest.length > 0; ) {
      const taken = rest.subarray(0, pieceBytes - this.filled);
      this.piece.set(taken, this.filled);
      this.filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.filled === pieceBytes) await this.handOver();
    }
  }

  /** Bytes `[start, end)` of a file to the same place. Its bytes do not come through this thread. */
  async copy(file: Blob, start: number, end: number): Promise<void> {
    await this.handOver();
    for (let position = start; position < end; position += copyBytes) {
      await this.write(position, file.slice(position, Math.min(end, position + copyBytes)));
    }
  }

  async close(): Promise<void> {
    await this.handOver();
    await this.written;
    await settled(this.writable.close());
  }

  private async handOver(): Promise<void> {
    const { piece, position, filled } = this;
    if (filled === 0) return;
    await this.write(position, piece.subarray(0, filled));
    this.piece = this.other;
    this.other = piece;
    this.position = position + filled;
    this.filled = 0;
  }

  /** Begins to write once what was handed over before is written. */
  private async write(position: number, data: Uint8Array<ArrayBuffer> | Blob): Promise<void> {
    await this.written;
    this.written = settled(this.writable.write({ type: 'write', position, data }));
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

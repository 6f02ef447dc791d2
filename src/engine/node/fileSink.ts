/** A file on disk that is written. It stands under its name once it is whole: until then, and where it fails, what stood there stays. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { CheckpointError } from '../../lib/errors';
import { type ByteSink, copyByReading, type Extent } from '../../lib/sink';

/** Blocks of zeros are left out of what is copied, in multiples of what file systems allot: sparse files stay sparse. */
const blockBytes = 64 * 1024;
const zeros = new Uint8Array(blockBytes);

export class FileSink implements ByteSink<string> {
  private readonly path: string;
  private readonly unfinished: string;
  private readonly handle: FileHandle;
  /** Up to the last byte that was put or copied, left out or not. */
  private size = 0;
  private isFinished = false;

  private constructor(path: string, unfinished: string, handle: FileHandle) {
    this.path = path;
    this.unfinished = unfinished;
    this.handle = handle;
  }

  /** @throws CheckpointError `write-failed` */
  static async open(path: string): Promise<FileSink> {
    const unfinished = `${path}.${randomUUID()}.part`;
    return new FileSink(path, unfinished, await settled(open(unfinished, 'wx')));
  }

  async put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.size = Math.max(this.size, offset + bytes.length);
    await settled(writeAll(this.handle, bytes, offset));
  }

  copy(extent: Extent, offset: number): Promise<void> {
    return copyByReading({ put: (at, bytes) => this.putUnlessZero(at, bytes) }, extent, offset);
  }

  async finish(): Promise<void> {
    if (this.isFinished) return;
    this.isFinished = true;
    await settled(this.handle.truncate(this.size));
    await settled(this.handle.close());
  }

  /** @returns the path */
  async close(): Promise<string> {
    await this.finish();
    await settled(rename(this.unfinished, this.path));
    return this.path;
  }

  async abort(): Promise<void> {
    await this.handle.close().catch(() => {});
    await rm(this.unfinished, { force: true }).catch(() => {});
  }

  private async putUnlessZero(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.size = Math.max(this.size, offset + bytes.length);
    let start = 0;
    const writeTo = async (end: number) => {
      if (end > start) await settled(writeAll(this.handle, bytes.subarray(start, end), offset + start));
    };
    for (let at = 0; at < bytes.length; at += blockBytes) {
      const block = bytes.subarray(at, at + blockBytes);
      if (Buffer.compare(block, zeros.subarray(0, block.length)) !== 0) continue;
      await writeTo(at);
      start = at + block.length;
    }
    await writeTo(bytes.length);
  }
}

/** A call may take some of the bytes only. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** What the system says of a file that it cannot write is an exception without a word for the user. */
export async function settled<Result>(done: Promise<Result>): Promise<Result> {
  try {
    return await done;
  } catch (cause) {
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    throw new CheckpointError(
      'write-failed',
      isFull
        ? 'There is no room left where the file is being written.'
        : `The file could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { advice: isFull ? 'Free some disk space, or choose another place.' : 'Choose another place.' },
      { cause },
    );
  }
}

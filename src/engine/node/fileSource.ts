/** A file on disk as a byte source, of any size. */
import { type FileHandle, open } from 'node:fs/promises';
import { CheckpointError } from '../../lib/errors';
import { assertRange, type ByteSource } from '../../lib/source';

/** What a pass has under way, which the next one needs again: fresh memory costs a read as much as the reading. */
const mostIdle = 4;
const leastReused = 2 ** 20;

export class FileSource implements ByteSource {
  readonly size: number;
  private readonly handle: FileHandle;
  private readonly idle: ArrayBuffer[] = [];

  constructor(handle: FileHandle, size: number) {
    this.handle = handle;
    this.size = size;
  }

  /** @throws CheckpointError `file-unreadable` */
  static async open(path: string): Promise<FileSource> {
    const handle = await readable(open(path));
    try {
      const { size } = await readable(handle.stat());
      return new FileSource(handle, size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    assertRange(this, offset, length);
    const bytes = new Uint8Array(this.memoryOf(length), 0, length);
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await readable(this.handle.read(bytes, filled, length - filled, offset + filled));
      if (bytesRead === 0) {
        throw new CheckpointError('file-unreadable', 'The file became shorter while it was being read.', {
          offset,
          advice: 'Open it again.',
        });
      }
      filled += bytesRead;
    }
    return bytes;
  }

  recycle({ buffer }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < leastReused) return;
    this.idle.push(buffer);
    if (this.idle.length > mostIdle) this.idle.shift();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private memoryOf(length: number): ArrayBuffer {
    const at = length < leastReused ? -1 : this.idle.findIndex(({ byteLength }) => byteLength >= length);
    const [reused] = at < 0 ? [] : this.idle.splice(at, 1);
    return reused ?? new ArrayBuffer(length);
  }
}

async function readable<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('file-unreadable', `The file cannot be read: ${why}.`, {}, { cause });
  }
}

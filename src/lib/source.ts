/** Byte sources: a file of any size, read by range. */
import { CheckpointError } from './errors';

/**
 * What every reader in Secateur works on. Two members, so that the same code runs over a Blob in the browser
 * and a file handle in Node (whose own `openAsBlob` is broken above 2 GiB: nodejs/node#52585).
 */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The caller owns the returned bytes and may change them.
   * @throws CheckpointError `file-unreadable` when the range cannot be read (also when it is outside the file).
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Takes back what `read` returned and nobody will look at again: later bytes may be read into the same memory. */
  recycle?(bytes: Uint8Array): void;
}

export function assertRange(source: { size: number }, offset: number, length: number): void {
  if (
    !(
      Number.isSafeInteger(offset) &&
      Number.isSafeInteger(length) &&
      offset >= 0 &&
      length >= 0 &&
      offset + length <= source.size
    )
  ) {
    throw new CheckpointError(
      'file-unreadable',
      `Bytes ${offset} to ${offset + length} were asked of a file of ${source.size} bytes.`,
      { offset },
    );
  }
}

/** Below this, memory of its own costs a read nothing. */
const leastReused = 2 ** 20;
/** What a pass has under way, which the next one needs again. */
const mostIdle = 3;
/** Memory that was given back in this thread. */
const idle: ArrayBuffer[] = [];
/** Chromium drops streams that only wait for their bytes when it collects garbage, and the read never settles. */
const reading = new Set<ReadableStreamBYOBReader>();

export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    async read(offset, length) {
      assertRange(blob, offset, length);
      const part = blob.slice(offset, offset + length);
      let bytes: Uint8Array | undefined;
      const at = length < leastReused ? -1 : idle.findIndex(({ byteLength }) => byteLength >= length);
      if (at >= 0) bytes = await readInto(idle.splice(at, 1)[0]!, part);
      bytes ??= new Uint8Array(await part.arrayBuffer());
      if (bytes.length !== length) {
        throw new CheckpointError('file-unreadable', 'The file became shorter while it was being read.', {
          offset,
          advice: 'Open it again.',
        });
      }
      return bytes;
    },
    recycle({ buffer }) {
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < leastReused) return;
      idle.push(buffer);
      if (idle.length > mostIdle) idle.shift();
    },
  };
}

/**
 * Reads into memory that is there: fresh memory, which the system clears page by page, takes as long as the reading.
 * @param buffer is detached
 * @returns what there is of `part`; undefined where the browser cannot read so
 */
async function readInto(buffer: ArrayBuffer, part: Blob): Promise<Uint8Array | undefined> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = part.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
  reading.add(reader);
  let memory = buffer;
  let filled = 0;
  try {
    while (filled < part.size) {
      const read: ReadableStreamReadResult<Uint8Array<ArrayBuffer>> = await reader.read(
        new Uint8Array(memory, filled, part.size - filled),
      );
      if (read.value) memory = read.value.buffer;
      if (read.done) break;
      filled += read.value.length;
    }
  } finally {
    reading.delete(reader);
  }
  // Its end was not waited for.
  reader.cancel().catch(() => {});
  return new Uint8Array(memory, 0, filled);
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async read(offset, length) {
      assertRange({ size: bytes.length }, offset, length);
      return bytes.slice(offset, offset + length);
    },
  };
}

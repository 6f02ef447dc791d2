/** Byte sources: a file of any size, read by range. */
import { BlobStream, giveBack } from './blobStream';
import { CheckpointError } from './errors';

/**
 * What every reader in Secateur works on. Few members, so that the same code runs over a Blob in the browser
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
  /** Takes back what `read` returned and nobody looks at any more: later bytes may be read into the same memory. */
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

/** Below this, a slice of its own costs a read nothing. */
const leastStreamed = 2 ** 20;
/** Passes that read side by side. */
const mostStreams = 2;

/** Long reads that follow each other, as those of a pass over the weights, are of one stream where the browser can do so. */
export function blobSource(blob: Blob): ByteSource {
  /** The last used comes last. */
  let streams: BlobStream[] = [];

  function streamFrom(offset: number): BlobStream {
    const stream = streams.find(({ position }) => position === offset) ?? new BlobStream(blob, offset);
    streams = [...streams.filter((other) => other !== stream), stream];
    if (streams.length > mostStreams) streams.shift()!.close();
    return stream;
  }

  async function readStreamed(offset: number, length: number): Promise<Uint8Array | undefined> {
    let stream: BlobStream;
    try {
      stream = streamFrom(offset);
    } catch {
      return undefined;
    }
    try {
      return await stream.read(length);
    } catch (error) {
      streams = streams.filter((other) => other !== stream);
      throw error;
    }
  }

  return {
    size: blob.size,
    async read(offset, length) {
      assertRange(blob, offset, length);
      const streamed = length < leastStreamed ? undefined : await readStreamed(offset, length);
      const bytes = streamed ?? new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length) {
        throw new CheckpointError('file-unreadable', 'The file became shorter while it was being read.', {
          offset,
          advice: 'Open it again.',
        });
      }
      return bytes;
    },
    recycle({ buffer }) {
      if (buffer instanceof ArrayBuffer && buffer.byteLength >= leastStreamed) giveBack(buffer);
    },
  };
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

/** A Blob as a byte source. */
import { CheckpointError } from '../errors';
import { assertRange, type ByteSource } from '../source';
import { giveBack, readIntoIdle } from './blobStream';

/** Below this, memory of its own costs a read nothing. */
const leastReused = 2 ** 20;

export interface BlobSource extends ByteSource {
  readonly blob: Blob;
}

/** Long reads go into memory that was given back, while there is any. */
export function blobSource(blob: Blob): BlobSource {
  return {
    blob,
    size: blob.size,
    async read(offset, length) {
      assertRange(blob, offset, length);
      const reused = length < leastReused ? undefined : await readIntoIdle(blob, offset, length);
      const bytes = reused ?? new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length) {
        throw new CheckpointError('file-unreadable', 'The file became shorter while it was being read.', {
          offset,
          advice: 'Open it again.',
        });
      }
      return bytes;
    },
    recycle({ buffer }) {
      if (buffer instanceof ArrayBuffer && buffer.byteLength >= leastReused) giveBack(buffer);
    },
  };
}

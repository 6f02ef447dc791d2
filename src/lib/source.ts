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

export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    async read(offset, length) {
      assertRange(blob, offset, length);
      const part = blob.slice(offset, offset + length);
      const bytes = new Uint8Array(await part.arrayBuffer());
      if (bytes.length !== length) {
        throw new CheckpointError('file-unreadable', 'The file became shorter while it was being read.', {
          offset,
          advice: 'Open it again.',
        });
      }
      return bytes;
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

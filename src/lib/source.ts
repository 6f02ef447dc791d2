/** Byte sources: a file of any size, read by range. */
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

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async read(offset, length) {
      assertRange({ size: bytes.length }, offset, length);
      return bytes.slice(offset, offset + length);
    },
  };
}

/** A zip archive's entries, and what the two places that describe them say. */
import type { ByteRange } from '../../tensors/tensor';

export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  /** In bytes, inflated. */
  readonly size: number;
  /** Its bytes as stored. */
  readonly range: ByteRange;
  readonly crc: number;
  /** File offsets of every copy of `crc`: in the directory, and in the data descriptor or local header. */
  readonly crcFields: readonly number[];
}

/** An entry as the central directory alone describes it. */
export interface CentralEntry {
  readonly name: string;
  /** As stored, to be held against the local header. */
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly crcOffset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** Compression methods. */
export const storedMethod = 0;
export const deflatedMethod = 8;
/** General purpose flags: encrypted, strongly encrypted, directory encrypted. */
export const encryptionFlags = 0x0001 | 0x0040 | 0x2000;

/** The contract of a file format. A new format is one folder that exports a `Format`, and one line in registry.ts. */
import type { Part } from '../lib/parts';
import type { ByteSource } from '../lib/source';
import type { Capabilities } from '../tensors/capabilities';
import type { EncodedElements } from '../tensors/encodedElements';
import type { ModelGraph } from '../tensors/graph/graph';
import type { ByteRange, Storage, TensorInfo } from '../tensors/tensor';
import type { Judging } from './judging';

/**
 * A CRC-32 over a byte range, and where the file stores it. Export keeps `stored XOR change`, so a valid
 * checksum stays valid and an absent one (0 for a record with content) stays absent. Fields may lie in the range of another one.
 */
export interface Checksum {
  /** Absent: zip's, as it is. */
  readonly code?: 'masked crc32c';
  /** The bytes it covers. */
  readonly range: ByteRange;
  /** The value as stored. */
  readonly stored: number;
  /** File offsets of every 4-byte little-endian copy of it. */
  readonly fields: readonly number[];
}

/** A SHA-1 of a whole file, and where others keep it. Export replaces a valid one; a wrong one stays as it is. */
export interface Digest {
  readonly range: ByteRange;
  /** 40 hexadecimal digits, in lower case. */
  readonly stored: string;
  /** File offsets of every copy of its digits. */
  readonly fields: readonly number[];
}

/** A remark for the user about the file as a whole, one sentence. */
export interface Note {
  readonly severity: 'info' | 'warning';
  readonly text: string;
}

export interface Checkpoint {
  /** As shown: `PyTorch zip`, `PyTorch legacy`, `TorchScript`, `safetensors`, `ONNX`. */
  readonly format: string;
  readonly can: Capabilities;
  /** The files that it is made of, at least one: the first is the one that it is called by. Every offset is one of the whole. */
  readonly parts: readonly Part[];
  readonly tensors: readonly TensorInfo[];
  readonly storages: readonly Storage[];
  readonly checksums: readonly Checksum[];
  /** Over files in which nothing is encoded. */
  readonly digests?: readonly Digest[];
  /** Elements that stand in the file in another form than the one they are read in: storages point at their addresses, which ascend. */
  readonly encoded?: readonly EncodedElements[];
  /** Of the elements of every storage. Masks do not depend on it, numbers do. */
  readonly byteOrder: 'little' | 'big';
  readonly notes: readonly Note[];
  /** What its tensors were judged by, where it may be a shard: all shards of a model are judged together. */
  readonly judged?: Judging;
  /** What the model computes, where the file says it. */
  readonly graph?: ModelGraph;
  /** Why the file as a whole cannot be exported. Absent when it can. */
  readonly readOnly?: string;
}

export interface Format {
  /** Looks at the first bytes only (up to `sniffLength` of them), the size and the name of a file; never throws. */
  sniff(head: Uint8Array, size: number, fileName?: string): boolean;
  /** Files whose names say so (`-00001-of-00003`) are shards of one checkpoint: what is opened says what it was `judged` by. */
  readonly hasShards?: true;
  /** Such files may be anything, inputs among them: another checkpoint that was given with one goes before it. */
  readonly yields?: true;
  /**
   * Which of the files beside one hold a part of its checkpoint. Absent: none ever does.
   * @param source of the file that `sniff` was asked about
   * @param names of the others, without folders
   */
  beside?(source: ByteSource, fileName: string, names: readonly string[]): Promise<readonly string[]>;
  /**
   * Reads the structure, and of the weights no more than it takes to find them.
   * @param source all files of the checkpoint, one behind the other
   * @param parts which of its bytes are whose; the first is the one that `sniff` was asked about
   * @throws CheckpointError `malformed-file` or `unsupported-feature`
   */
  open(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint>;
}

/** How many leading bytes `sniff` is given (fewer for a smaller file). */
export const sniffLength = 4096;

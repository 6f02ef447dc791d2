/** Where a zip keeps its central directory: the end record, and its zip64 counterpart where there is one. */
import { ByteReader } from '../../lib/byteReader';
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';

export interface DirectoryPlace {
  readonly entries: number;
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
}

export const endSignature = 0x06054b50;
export const endLength = 22;
/** A comment after the end record is at most this long: its length is 16 bits. */
export const maxCommentLength = 0xffff;
export const locatorSignature = 0x07064b50;
export const locatorLength = 20;
export const end64Signature = 0x06064b50;
export const end64Length = 56;
/** Its signature and its length, which the length leaves out. */
const end64HeadLength = 12;

/** An end record's figures as stored; a field that is all ones stands for "see the zip64 record". */
interface EndFields {
  readonly disk: number;
  readonly directoryDisk: number;
  readonly entriesHere: number;
  readonly entries: number;
  readonly size: number;
  readonly start: number;
}

/** @throws CheckpointError `malformed-file` when there is no end record, or the two records contradict each other */
export async function findDirectory(source: ByteSource, context: ErrorContext): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, source.size - endLength - maxCommentLength - locatorLength);
  const tail = await source.read(tailStart, source.size - tailStart);
  const at = lastSignature(tail);
  if (at < 0) {
    throw malformed(`No end-of-directory record is in the last ${tail.length} bytes of the zip archive.`, {
      ...context,
      offset: tailStart,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }
  const short = readEnd(new ByteReader(tail.subarray(at + 4), tailStart + at + 4, context));
  let limit = tailStart + at;
  let fields = short;
  if (at >= locatorLength && uint32(tail, at - locatorLength) === locatorSignature) {
    const locator = new ByteReader(tail.subarray(at - locatorLength + 4, at), limit - locatorLength + 4, context);
    const locatorAt = limit - locatorLength;
    limit = await readEnd64Offset(locator, locatorAt, context);
    const record = new ByteReader(await source.read(limit, end64Length), limit, context);
    fields = readEnd64(record, locatorAt, source.size, context);
    assertAgreement(short, fields, { ...context, offset: tailStart + at });
  }
  const { disk, directoryDisk, entriesHere, entries, size, start } = fields;
  if (disk !== 0 || directoryDisk !== 0 || entriesHere !== entries) {
    throw malformed('The zip archive says that it is one part of several.', { ...context, offset: limit });
  }
  if (start + size > limit) {
    throw malformed(
      `The zip directory should be ${size} bytes from offset ${start}, but it would reach past its end record at ${limit}.`,
      { ...context, offset: limit },
    );
  }
  // Python's zipfile counts offsets from where the directory would have to begin, PyTorch from the start of the file.
  if (start + size < limit) {
    throw malformed(
      `The zip directory should end where its end record begins, at ${limit}, but ends at ${start + size}.`,
      { ...context, offset: limit },
    );
  }
  return { entries, start, end: start + size };
}

/** Position of the last end record that fits, or -1. PyTorch looks from the back, and allows bytes behind it. */
function lastSignature(tail: Uint8Array): number {
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail[at] === 0x50 && uint32(tail, at) === endSignature) return at;
  }
  return -1;
}

function uint32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
}

function readEnd(reader: ByteReader): EndFields {
  return {
    disk: reader.u16(),
    directoryDisk: reader.u16(),
    entriesHere: reader.u16(),
    entries: reader.u16(),
    size: reader.u32(),
    start: reader.u32(),
  };
}

/** @param limit offset of the locator: the record that it points at ends there or before */
async function readEnd64Offset(locator: ByteReader, limit: number, context: ErrorContext): Promise<number> {
  const disk = locator.u32();
  const offset = locator.size64('The zip64 locator', limit);
  const disks = locator.u32();
  if (disk !== 0 || disks > 1) {
    throw malformed('The zip archive says that it is one part of several.', { ...context, offset: limit });
  }
  if (offset + end64Length > limit) {
    throw malformed(`The zip64 locator points at offset ${offset}, where no zip64 end record fits.`, {
      ...context,
      offset: limit,
    });
  }
  return offset;
}

/** @param locatorAt offset of the locator that follows it */
function readEnd64(reader: ByteReader, locatorAt: number, fileSize: number, context: ErrorContext): EndFields {
  const { offset } = reader;
  if (reader.u32() !== end64Signature) {
    throw malformed(`A zip64 end record was expected at offset ${offset}.`, { ...context, offset });
  }
  const end = offset + end64HeadLength + reader.size64('The length of the zip64 end record', fileSize);
  // Another archive's, where several stand one behind the other.
  if (end !== locatorAt) {
    throw malformed(`The zip64 end record at offset ${offset} should end at its locator, ${locatorAt}.`, {
      ...context,
      offset,
    });
  }
  reader.skip(2 + 2); // the versions that made it and are needed
  return {
    disk: reader.u32(),
    directoryDisk: reader.u32(),
    entriesHere: reader.size64('The number of zip entries', fileSize),
    entries: reader.size64('The number of zip entries', fileSize),
    size: reader.size64('The length of the zip directory', fileSize),
    start: reader.size64('The offset of the zip directory', fileSize),
  };
}

/** Two readers must not see two archives: what the short record does say, the long one must say too. */
function assertAgreement(short: EndFields, long: EndFields, context: ErrorContext): void {
  const agree = (from: number, saturated: number, to: number) => from === saturated || from === to;
  if (
    !agree(short.entries, 0xffff, long.entries) ||
    !agree(short.size, 0xffffffff, long.size) ||
    !agree(short.start, 0xffffffff, long.start)
  ) {
    throw malformed("The zip archive's end record and its zip64 end record contradict each other.", context);
  }
}

/** Writes zip archives of stored entries (and of such as are compressed already), as torch.save does: aligned payloads, sizes and CRC-32 in the local headers. */
import { lengthOf, type Splice } from '../../lib/splice';
import { deflatedMethod, storedMethod } from './entry';

export interface StoredEntry {
  readonly name: string;
  readonly content: Splice;
  /** CRC-32 of the content, inflated. */
  readonly crc: number;
  /** To so many bytes, where the content is compressed (deflated). Absent: it is stored. */
  readonly inflates?: number;
}

/** What a field of 32 bits says where the value is in a zip64 field. */
const inZip64 = 0xffffffff;
const zip64Id = 0x0001;
/** torch.save's, so that a loader may map storages into memory. */
const alignment = 64;
/** The id torch gives the extra field that pads up to it: 'FB'. */
const paddingId = 0x4246;
const utf8Names = 0x0800;
/** 1980-01-01, the first day there is. */
const date = 0x0021;
const localLength = 30;
const centralLength = 46;
const endLength = 22;
const end64Length = 56;
const locatorLength = 20;
const version = 20;
const zip64Version = 45;

/**
 * With zip64 records where entries or the archive need them.
 * @param entries in the order of the file; names are unique
 */
export function storedZip(entries: readonly StoredEntry[]): Splice {
  const archive: Splice[number][] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, content, crc, inflates } of entries) {
    const stored = lengthOf(content);
    const method = inflates === undefined ? storedMethod : deflatedMethod;
    const fields = { nameBytes: new TextEncoder().encode(name), crc, stored, size: inflates ?? stored, method };
    const header = localHeader(fields, at);
    directory.push(centralHeader(fields, at));
    archive.push(header, ...content);
    at += header.length + stored;
  }
  const directoryBytes = directory.reduce((sum, header) => sum + header.length, 0);
  return [...archive, ...directory, endRecords(entries.length, directoryBytes, at)];
}

interface Fields {
  readonly nameBytes: Uint8Array;
  readonly crc: number;
  readonly method: number;
  /** Bytes in the archive. */
  readonly stored: number;
  /** Bytes of the content. */
  readonly size: number;
}

/** Size and stored size do not fit into 32 bits. */
function isWide({ size, stored }: Fields): boolean {
  return Math.max(size, stored) >= inZip64;
}

/** The field of 64-bit values that a header has no room for. */
function zip64Field(values: readonly number[]): Uint8Array<ArrayBuffer> {
  if (values.length === 0) return new Uint8Array(0);
  const field = new Uint8Array(4 + 8 * values.length);
  const view = new DataView(field.buffer);
  view.setUint16(0, zip64Id, true);
  view.setUint16(2, 8 * values.length, true);
  values.forEach((value, i) => {
    view.setBigUint64(4 + 8 * i, BigInt(value), true);
  });
  return field;
}

/** @param headerAt where it begins: a field of padding moves the payload to the next multiple of the alignment */
function localHeader(fields: Fields, headerAt: number): Uint8Array<ArrayBuffer> {
  const { nameBytes, size, stored } = fields;
  const wide = zip64Field(isWide(fields) ? [size, stored] : []);
  const before = localLength + nameBytes.length + wide.length;
  const padding = 4 + ((alignment - ((headerAt + before + 4) % alignment)) % alignment);
  const header = new Uint8Array(before + padding);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  writeCommon(view, 4, fields);
  view.setUint16(28, wide.length + padding, true);
  header.set(nameBytes, localLength);
  header.set(wide, localLength + nameBytes.length);
  view.setUint16(before, paddingId, true);
  view.setUint16(before + 2, padding - 4, true);
  header.fill(0x5a, before + 4);
  return header;
}

function centralHeader(fields: Fields, headerOffset: number): Uint8Array<ArrayBuffer> {
  const { nameBytes, size, stored } = fields;
  const wide = zip64Field([
    ...(isWide(fields) ? [size, stored] : []),
    ...(headerOffset >= inZip64 ? [headerOffset] : []),
  ]);
  const header = new Uint8Array(centralLength + nameBytes.length + wide.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, zip64Version, true);
  writeCommon(view, 6, fields);
  view.setUint16(30, wide.length, true);
  view.setUint32(42, Math.min(headerOffset, inZip64), true);
  header.set(nameBytes, centralLength);
  header.set(wide, centralLength + nameBytes.length);
  return header;
}

/** Version needed, flags, method, time (0), date, CRC, both sizes, length of the name: the same in both headers. */
function writeCommon(view: DataView, at: number, fields: Fields): void {
  const { nameBytes, crc, size, stored, method } = fields;
  view.setUint16(at, isWide(fields) ? zip64Version : version, true);
  view.setUint16(at + 2, utf8Names, true);
  view.setUint16(at + 4, method, true);
  view.setUint16(at + 8, date, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, isWide(fields) ? inZip64 : stored, true);
  view.setUint32(at + 18, isWide(fields) ? inZip64 : size, true);
  view.setUint16(at + 22, nameBytes.length, true);
}

/** The end record, behind its zip64 counterpart and the locator of that where one is needed. */
function endRecords(entries: number, directoryBytes: number, directoryOffset: number): Uint8Array<ArrayBuffer> {
  const needs64 = entries >= 0xffff || directoryBytes >= inZip64 || directoryOffset >= inZip64;
  const before = needs64 ? end64Length + locatorLength : 0;
  const records = new Uint8Array(before + endLength);
  const view = new DataView(records.buffer);
  if (needs64) {
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(4, BigInt(end64Length - 12), true);
    view.setUint16(12, zip64Version, true);
    view.setUint16(14, zip64Version, true);
    view.setBigUint64(24, BigInt(entries), true);
    view.setBigUint64(32, BigInt(entries), true);
    view.setBigUint64(40, BigInt(directoryBytes), true);
    view.setBigUint64(48, BigInt(directoryOffset), true);
    view.setUint32(end64Length, 0x07064b50, true);
    view.setBigUint64(end64Length + 8, BigInt(directoryOffset + directoryBytes), true);
    view.setUint32(end64Length + 16, 1, true);
  }
  view.setUint32(before, 0x06054b50, true);
  view.setUint16(before + 8, Math.min(entries, 0xffff), true);
  view.setUint16(before + 10, Math.min(entries, 0xffff), true);
  view.setUint32(before + 12, Math.min(directoryBytes, inZip64), true);
  view.setUint32(before + 16, Math.min(directoryOffset, inZip64), true);
  return records;
}

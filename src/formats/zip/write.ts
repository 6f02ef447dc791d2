/** Writes zip archives of stored entries, as torch.save does: aligned payloads, sizes and CRC-32 in the local headers. */
import { CheckpointError } from '../../lib/errors';
import { formatBytes } from '../../lib/numbers';
import { lengthOf, type Splice } from '../../lib/splice';

export interface StoredEntry {
  readonly name: string;
  readonly content: Splice;
  /** CRC-32 of the content. */
  readonly crc: number;
}

/** Archives beyond it need zip64 records. */
const maxArchiveBytes = 2 ** 32 - 1;
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

/**
 * @param entries in the order of the file; names are unique
 * @throws CheckpointError `unsupported-feature` above 4 GiB
 */
export function storedZip(entries: readonly StoredEntry[]): Splice {
  const archive: Splice[number][] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, content, crc } of entries) {
    const nameBytes = new TextEncoder().encode(name);
    const padding = paddingAfter(at + localLength + nameBytes.length);
    const size = lengthOf(content);
    const fields = { nameBytes, crc, size };
    directory.push(centralHeader(fields, at));
    archive.push(localHeader(fields, padding), ...content);
    at += localLength + nameBytes.length + padding + size;
  }
  const directoryBytes = directory.reduce((sum, header) => sum + header.length, 0);
  const size = at + directoryBytes + endLength;
  if (size > maxArchiveBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `The checkpoint would be ${formatBytes(size)}, but Secateur writes new PyTorch archives of up to ${formatBytes(maxArchiveBytes)} only.`,
      { advice: 'Export the masks, or the pruned file itself, which have no such limit.' },
    );
  }
  return [...archive, ...directory, endRecord(entries.length, directoryBytes, at)];
}

interface Fields {
  readonly nameBytes: Uint8Array;
  readonly crc: number;
  readonly size: number;
}

/** Length of the extra field that moves the payload to the next multiple of the alignment: its own head is 4 bytes. */
function paddingAfter(end: number): number {
  return 4 + ((alignment - ((end + 4) % alignment)) % alignment);
}

function localHeader(fields: Fields, padding: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(localLength + fields.nameBytes.length + padding);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x04034b50, true);
  writeCommon(view, 4, fields);
  view.setUint16(28, padding, true);
  header.set(fields.nameBytes, localLength);
  const extra = localLength + fields.nameBytes.length;
  view.setUint16(extra, paddingId, true);
  view.setUint16(extra + 2, padding - 4, true);
  header.fill(0x5a, extra + 4);
  return header;
}

function centralHeader(fields: Fields, headerOffset: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(centralLength + fields.nameBytes.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, version, true);
  writeCommon(view, 6, fields);
  view.setUint32(42, headerOffset, true);
  header.set(fields.nameBytes, centralLength);
  return header;
}

const version = 20;

/** Version needed, flags, method (stored: 0), time (0), date, CRC, both sizes, length of the name: the same in both headers. */
function writeCommon(view: DataView, at: number, { nameBytes, crc, size }: Fields): void {
  view.setUint16(at, version, true);
  view.setUint16(at + 2, utf8Names, true);
  view.setUint16(at + 8, date, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameBytes.length, true);
}

function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(endLength);
  const view = new DataView(record.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, entries, true);
  view.setUint16(10, entries, true);
  view.setUint32(12, directoryBytes, true);
  view.setUint32(16, directoryOffset, true);
  return record;
}

/** The headers in front of the entries' bytes: where the bytes begin, and further copies of the CRC. */
import { ByteReader } from '../../lib/byteReader';
import { type ErrorContext, malformed } from '../../lib/errors';
import { at, known } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';
import { type CentralEntry, deflatedMethod, encryptionFlags, type ZipEntry } from './entry';
import { readScattered } from './scatteredReads';

const localSignature = 0x04034b50;
const localLength = 30;
const localCrcAt = 14;
const descriptorSignature = 0x08074b50;
/** Signature, CRC, and two sizes of 8 bytes; of 4 where zip64 is not needed, and writers may leave the signature out. */
const maxDescriptorLength = 24;
const hasDescriptor = 0x0008;

/** What a local header adds to its entry. */
interface Local {
  readonly dataStart: number;
  readonly crc: number;
  /** The last bytes before the header: where the entry before keeps its data descriptor. */
  readonly before: Uint8Array;
}

/**
 * Completes the entries with what only their local headers say.
 * @param dataEnd where the directory begins
 * @throws CheckpointError `malformed-file` when a header contradicts the directory, or entries overlap
 */
export async function locate(
  source: ByteSource,
  entries: readonly CentralEntry[],
  dataEnd: number,
  context: ErrorContext,
): Promise<ZipEntry[]> {
  const ascending = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  const headers = ascending.map((entry): ByteRange => {
    const end = entry.headerOffset + localLength + entry.nameBytes.length;
    if (end > dataEnd) throw outside(entry, context);
    return { start: Math.max(0, entry.headerOffset - maxDescriptorLength), end };
  });
  const locals = new Map<CentralEntry, Local>();
  await readScattered(source, headers, (i, bytes) => {
    locals.set(at(ascending, i), readLocal(at(ascending, i), bytes, at(headers, i).start, context));
  });
  assertApart(ascending, locals, dataEnd, context);
  const descriptors = await readDescriptors(source, ascending, locals, dataEnd);
  return entries.map((entry) => {
    const { dataStart, crc } = known(locals, entry);
    const crcFields = [entry.crcOffset];
    const inDescriptor = descriptors.get(entry);
    if (inDescriptor !== undefined) crcFields.push(inDescriptor);
    // Zero here means "see the descriptor"; a header that differs is no copy.
    if (crc === entry.crc && !(entry.flags & hasDescriptor && crc === 0))
      crcFields.push(entry.headerOffset + localCrcAt);
    return {
      name: entry.name,
      deflated: entry.method === deflatedMethod,
      size: entry.size,
      range: { start: dataStart, end: dataStart + entry.compressedSize },
      crc: entry.crc,
      crcFields,
    };
  });
}

/** @param bytes from `start` (before the header) to the end of its name */
function readLocal(entry: CentralEntry, bytes: Uint8Array, start: number, context: ErrorContext): Local {
  const where = { ...context, record: entry.name, offset: entry.headerOffset };
  const reader = new ByteReader(bytes, start, where);
  const before = reader.slice(entry.headerOffset - start).slice();
  if (reader.u32() !== localSignature) {
    throw malformed(
      `The zip entry ${entry.name} was expected at offset ${entry.headerOffset}, but is not there.`,
      where,
    );
  }
  reader.skip(2); // version
  const flags = reader.u16();
  const method = reader.u16();
  reader.skip(4); // time and date
  const crc = reader.u32();
  reader.skip(8); // sizes: the directory's are those everyone reads
  const nameLength = reader.u16();
  const extraLength = reader.u16();
  const name = nameLength === entry.nameBytes.length ? reader.slice(nameLength) : undefined;
  if (!name?.every((byte, i) => byte === entry.nameBytes[i])) {
    throw malformed(
      `The zip entry at offset ${entry.headerOffset} is not named ${entry.name}, as the directory says.`,
      where,
    );
  }
  // PyTorch looks at neither; other programs, scanners among them, take the local header's word.
  if (method !== entry.method || (flags ^ entry.flags) & (hasDescriptor | encryptionFlags)) {
    throw malformed(`The local header of ${entry.name} contradicts the zip directory.`, where);
  }
  return { dataStart: entry.headerOffset + localLength + nameLength + extraLength, crc, before };
}

function assertApart(
  ascending: readonly CentralEntry[],
  locals: ReadonlyMap<CentralEntry, Local>,
  dataEnd: number,
  context: ErrorContext,
): void {
  ascending.forEach((entry, i) => {
    const end = known(locals, entry).dataStart + entry.compressedSize;
    const next = ascending[i + 1];
    if (next && end > next.headerOffset) {
      throw malformed(`The zip entries ${entry.name} and ${next.name} overlap at offset ${next.headerOffset}.`, {
        ...context,
        record: next.name,
        offset: next.headerOffset,
      });
    }
    if (end > dataEnd) throw outside(entry, context);
  });
}

function outside(entry: CentralEntry, context: ErrorContext) {
  return malformed(`The zip entry ${entry.name} at offset ${entry.headerOffset} reaches into the zip directory.`, {
    ...context,
    record: entry.name,
    offset: entry.headerOffset,
  });
}

/** File offsets of the CRCs in the data descriptors that repeat the directory's. */
async function readDescriptors(
  source: ByteSource,
  ascending: readonly CentralEntry[],
  locals: ReadonlyMap<CentralEntry, Local>,
  dataEnd: number,
): Promise<Map<CentralEntry, number>> {
  const offsets = new Map<CentralEntry, number>();
  const look = (entry: CentralEntry, start: number, bytes: Uint8Array) => {
    const at = crcInDescriptor(bytes, entry.crc);
    if (at !== undefined) offsets.set(entry, start + at);
  };
  const unread: CentralEntry[] = [];
  const ranges: ByteRange[] = [];
  ascending.forEach((entry, i) => {
    if (!(entry.flags & hasDescriptor)) return;
    const next = ascending[i + 1];
    const start = known(locals, entry).dataStart + entry.compressedSize;
    const end = Math.min(start + maxDescriptorLength, next?.headerOffset ?? dataEnd);
    if (next && end === next.headerOffset) {
      const { before } = known(locals, next);
      look(entry, start, before.subarray(before.length - (end - start)));
    } else {
      unread.push(entry);
      ranges.push({ start, end });
    }
  });
  await readScattered(source, ranges, (i, bytes) => look(at(unread, i), at(ranges, i).start, bytes));
  return offsets;
}

function crcInDescriptor(bytes: Uint8Array, crc: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const holds = (at: number, value: number) => at + 4 <= bytes.length && view.getUint32(at, true) === value;
  if (holds(0, descriptorSignature) && holds(4, crc)) return 4;
  return holds(0, crc) ? 0 : undefined;
}

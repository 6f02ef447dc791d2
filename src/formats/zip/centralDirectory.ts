/** The central directory of a zip archive: its entries, before their local headers are read. */
import { ByteReader } from '../../lib/byteReader';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import type { DirectoryPlace } from './endRecord';
import { type CentralEntry, deflatedMethod, encryptionFlags, storedMethod } from './entry';

const centralSignature = 0x02014b50;
const centralLength = 46;
/** Far above any checkpoint (a record per tensor), and what a page can still hold. */
const maxEntries = 1_000_000;
const maxDirectoryBytes = 256 * 2 ** 20;

const zip64Extra = 0x0001;

/** @throws CheckpointError `malformed-file` or `unsupported-feature` */
export async function readDirectory(
  source: ByteSource,
  place: DirectoryPlace,
  context: ErrorContext,
): Promise<CentralEntry[]> {
  const { entries: count, start, end } = place;
  if (count > maxEntries || end - start > maxDirectoryBytes) {
    throw new CheckpointError(
      'unsupported-feature',
      `The zip directory says ${count} entries in ${end - start} bytes; Secateur reads at most ${maxEntries} in ${maxDirectoryBytes}.`,
      { ...context, offset: start },
    );
  }
  if (count * centralLength > end - start) {
    throw malformed(`The zip directory says ${count} entries, but has only ${end - start} bytes for them.`, {
      ...context,
      offset: start,
    });
  }
  const reader = new ByteReader(await source.read(start, end - start), start, context);
  const entries: CentralEntry[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const entry = readCentralEntry(reader, start, context);
    if (names.has(entry.name)) {
      throw malformed(`Two zip entries are named ${entry.name}: programs disagree about which one counts.`, {
        ...context,
        record: entry.name,
        offset: entry.crcOffset - 16,
      });
    }
    names.add(entry.name);
    entries.push(entry);
  }
  if (reader.remaining >= 4 && new ByteReader(reader.slice(4)).u32() === centralSignature) {
    throw malformed(`The zip directory holds more entries than the ${count} it says.`, { ...context, offset: start });
  }
  return entries;
}

/** @param dataEnd where the directory begins: every entry lies before it */
function readCentralEntry(reader: ByteReader, dataEnd: number, context: ErrorContext): CentralEntry {
  const { offset } = reader;
  if (reader.u32() !== centralSignature) {
    throw malformed(`A zip directory entry was expected at offset ${offset}.`, { ...context, offset });
  }
  reader.skip(4); // versions
  const flags = reader.u16();
  const method = reader.u16();
  reader.skip(4); // time and date
  const crcOffset = reader.offset;
  const crc = reader.u32();
  const compressedSize32 = reader.u32();
  const size32 = reader.u32();
  const nameLength = reader.u16();
  const extraLength = reader.u16();
  const commentLength = reader.u16();
  const disk16 = reader.u16();
  reader.skip(6); // attributes
  const headerOffset32 = reader.u32();
  const nameBytes = reader.slice(nameLength);
  // Names in other encodings are shown garbled but told apart; PyTorch's are ASCII.
  const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(nameBytes);
  const where = { ...context, record: name, offset };
  const extra = zip64Fields(reader.slice(extraLength), reader.offset - extraLength, where);
  reader.skip(commentLength);

  const wide = (value: number, what: string) =>
    value === 0xffffffff && extra ? extra.size64(`The ${what} of ${name}`, Number.MAX_SAFE_INTEGER) : value;
  const size = wide(size32, 'size');
  const compressedSize = wide(compressedSize32, 'stored size');
  const headerOffset = wide(headerOffset32, 'offset');
  const disk = disk16 === 0xffff && extra ? extra.u32() : disk16;

  if (nameBytes.includes(0)) throw malformed(`The name of the zip entry at offset ${offset} contains a NUL.`, where);
  if (disk !== 0) throw malformed(`${name} says that it is on another part of a multi-part zip archive.`, where);
  if (flags & encryptionFlags) {
    throw new CheckpointError('unsupported-feature', `${name} is encrypted.`, {
      ...where,
      advice: 'Unpack the archive with its password and open the checkpoint inside.',
    });
  }
  if (method !== storedMethod && method !== deflatedMethod) {
    throw new CheckpointError(
      'unsupported-feature',
      `${name} is compressed by zip method ${method}; only stored (0) and deflated (8) are read.`,
      where,
    );
  }
  if (method === storedMethod && compressedSize !== size) {
    throw malformed(`${name} is stored, but says ${compressedSize} bytes stored of ${size}.`, where);
  }
  if (headerOffset + compressedSize > dataEnd) {
    throw malformed(
      `${name} should be ${compressedSize} bytes behind offset ${headerOffset}, but the entries end at ${dataEnd}.`,
      where,
    );
  }
  return { name, nameBytes, flags, method, crc, crcOffset, compressedSize, size, headerOffset };
}

/** A cursor over the zip64 field among an entry's extra fields, where there is one. */
function zip64Fields(extra: Uint8Array, offset: number, context: ErrorContext): ByteReader | undefined {
  const reader = new ByteReader(extra, offset, context);
  // Padding shorter than a field header is tolerated, as everywhere.
  while (reader.remaining >= 4) {
    const id = reader.u16();
    const length = reader.u16();
    const start = reader.offset;
    const field = reader.slice(length);
    if (id === zip64Extra) return new ByteReader(field, start, context);
  }
  return undefined;
}

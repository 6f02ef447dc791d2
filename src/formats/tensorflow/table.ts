/**
 * Tables of LevelDB as TensorFlow keeps them (tensorflow/core/lib/io/table.cc, format.cc): blocks of sorted entries, each key without
 * what it has in common with the one before; behind a block its kind of compression and a masked CRC-32C; the place of the index
 * block in the last 48 bytes.
 */
import { ByteReader } from '../../lib/byteReader';
import { concatenated } from '../../lib/bytes';
import { castagnoliCrc, maskedCrc } from '../../lib/crc32';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import type { ByteRange } from '../../tensors/tensor';
import type { Checksum } from '../format';
import { unsnapped } from './snappy';
import { varintOf } from './varint';

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Of the value, in the file; undefined in compressed blocks. */
  readonly offset: number | undefined;
}

export interface Table {
  readonly entries: readonly TableEntry[];
  /** Of the blocks with entries that are as they are in the file. */
  readonly checksums: readonly Checksum[];
}

const footerBytes = 48;
const magic = 0xdb4775248b80fb57n;
/** A byte that says how, and the CRC over it, too. */
const trailerBytes = 5;
/** Far more than a model has variables. */
const mostEntries = 2_000_000;
/** Of keys, which say only what they do not share. */
const mostKeyBytes = 2 ** 28;

/**
 * @param file the whole of it
 * @throws CheckpointError `malformed-file`, of a sum that does not hold, too; `unsupported-feature` beyond limits
 */
export function readTable(file: Uint8Array, context: ErrorContext): Table {
  if (file.length < footerBytes) throw malformed('It ends before its table does.', context);
  const footer = new ByteReader(file.subarray(-footerBytes), file.length - footerBytes, context);
  varintOf(footer);
  varintOf(footer); // Of what is said of the table, which is nothing.
  const index = { start: varintOf(footer), size: varintOf(footer) };
  footer.position = footerBytes - 8;
  if (footer.u64() !== magic) {
    throw malformed('It does not end as a table of TensorFlow does.', {
      ...context,
      offset: file.length - 8,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }
  const reading = new TableReading(file, context);
  for (const { value } of reading.block(index.start, index.size).entries) {
    const place = new ByteReader(value, 0, context);
    reading.add(varintOf(place), varintOf(place));
  }
  return reading;
}

interface Block {
  readonly entries: readonly TableEntry[];
  readonly checksum: Checksum | undefined;
}

class TableReading implements Table {
  readonly entries: TableEntry[] = [];
  readonly checksums: Checksum[] = [];
  private readonly file: Uint8Array;
  private readonly context: ErrorContext;
  private keyBytes = 0;
  private reached = 0;

  constructor(file: Uint8Array, context: ErrorContext) {
    this.file = file;
    this.context = context;
  }

  /** Blocks follow each other; a table that goes back to one would have no end. */
  add(start: number, size: number): void {
    if (start < this.reached) throw this.fault('Its blocks overlap', start);
    this.reached = start + size + trailerBytes;
    const { entries, checksum } = this.block(start, size);
    for (const entry of entries) this.entries.push(entry);
    if (checksum) this.checksums.push(checksum);
  }

  block(start: number, size: number): Block {
    if (!(start + size + trailerBytes <= this.file.length - footerBytes)) {
      throw this.fault(`A block of ${size} bytes should be at offset ${start}, but the table ends before`, start);
    }
    const range: ByteRange = { start, end: start + size + 1 };
    const covered = this.file.subarray(range.start, range.end);
    const trailer = new ByteReader(this.file.subarray(start + size), start + size, this.context);
    const compression = trailer.u8();
    const stored = trailer.u32();
    const found = maskedCrc(~castagnoliCrc().raw(0xffffffff, covered));
    if (stored !== found) throw this.fault('The checksum of a block is not that of what it holds', start);
    if (compression > 1) throw this.fault(`A block is compressed in a way (${compression}) that is not known`, start);
    const content = covered.subarray(0, size);
    const isPlain = compression === 0;
    const bytes = isPlain ? content : unsnapped(new ByteReader(content, start, this.context));
    return {
      entries: this.entriesIn(bytes, isPlain ? start : undefined),
      checksum: isPlain ? { code: 'masked crc32c', range, stored, fields: [start + size + 1] } : undefined,
    };
  }

  /** @param start of the block in the file, where it is there as it is */
  private entriesIn(block: Uint8Array, start: number | undefined): TableEntry[] {
    const restarts = block.length < 4 ? 0 : new ByteReader(block.subarray(-4)).u32();
    const end = block.length - 4 - restarts * 4;
    if (end < 0) throw this.fault('A block ends before its entries do', start);
    const reader = new ByteReader(block.subarray(0, end), start ?? 0, this.context);
    const entries: TableEntry[] = [];
    let key: Uint8Array = new Uint8Array(0);
    while (reader.remaining > 0) {
      const [shared, own, length] = [varintOf(reader), varintOf(reader), varintOf(reader)];
      if (shared > key.length) throw this.fault('A key begins as none before it does', start);
      this.keyBytes += shared + own;
      if (this.entries.length + entries.length >= mostEntries || this.keyBytes > mostKeyBytes) {
        throw new CheckpointError(
          'unsupported-feature',
          'The table has more entries than Secateur lists.',
          this.context,
        );
      }
      key = concatenated([key.subarray(0, shared), reader.slice(own)]);
      const offset = start === undefined ? undefined : reader.offset;
      entries.push({ key, value: reader.slice(length), offset });
    }
    return entries;
  }

  private fault(what: string, offset: number | undefined): CheckpointError {
    return malformed(`${what}.`, { ...this.context, ...(offset !== undefined && { offset }) });
  }
}

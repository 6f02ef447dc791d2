/**
 * HDF5 by byte range (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, "file format specification"): the
 * superblock, and addresses. No address is believed: what they lead to is read within the file, and nothing is read twice for one.
 */
import { countInWords } from '../../../lib/countInWords';
import { CheckpointError, type ErrorContext, malformed } from '../../../lib/errors';
import { PagedReader } from '../../../lib/pagedReader';
import type { ByteSource } from '../../../lib/source';
import { signatureIn } from './sniff';

/** What the format writes where nothing is. */
const nowhere = 0xffff_ffff_ffff_ffffn;
/** Nodes, headers and heaps of a file with a hundred thousand datasets stay below it. */
const mostReads = 4_000_000;

export class Hdf5File {
  readonly context: ErrorContext;
  readonly size: number;
  /** Of the object that holds all others. */
  readonly root: number;
  private readonly reader: PagedReader;
  private readonly base: number;
  private reads = 0;

  private constructor(reader: PagedReader, base: number, root: number) {
    this.reader = reader;
    this.context = reader.context;
    this.size = reader.size;
    this.base = base;
    this.root = root;
  }

  /** @throws CheckpointError `malformed-file`, `unsupported-feature` */
  static async open(source: ByteSource, context: ErrorContext): Promise<Hdf5File> {
    const reader = new PagedReader(source, context);
    const head = await reader.bytes(0, Math.min(4096, source.size), 'The head of the file');
    const start = signatureIn(head);
    if (start === undefined) throw malformed('The file does not begin like HDF5.', context);
    const version = (await reader.view(start + 8, 1, 'The version')).getUint8(0);
    if (version > 3) throw unsupported(`its superblock is of version ${version}`, context);
    const isOld = version < 2;
    const widths = await reader.view(start + (isOld ? 13 : 9), 2, 'The widths of its numbers');
    if (widths.getUint8(0) !== 8 || widths.getUint8(1) !== 8) {
      throw unsupported(`its addresses have ${widths.getUint8(0)} bytes where Secateur reads those of 8`, context);
    }
    const addresses = start + (isOld ? (version === 0 ? 24 : 28) : 12);
    const fields = await reader.view(addresses, 48, 'The superblock');
    const base = addressIn(fields, 0, reader) ?? 0;
    // Old: base, free space, end, driver, then the root's entry, whose second field is its header.
    const root = addressIn(fields, isOld ? 40 : 24, reader);
    if (root === undefined) throw malformed('The superblock has no root group.', { ...context, offset: addresses });
    return new Hdf5File(reader, base, root);
  }

  /** @param what is there, as the subject of a sentence */
  view(address: number, length: number, what: string): Promise<DataView> {
    if (++this.reads > mostReads) throw unsupported('it has more parts than Secateur reads', this.context);
    return this.reader.view(this.base + address, length, what);
  }

  /** Of the file, where an address leads. */
  offsetOf(address: number): number {
    return this.base + address;
  }

  address(view: DataView, at: number): number | undefined {
    return addressIn(view, at, this.reader);
  }

  /** A length or a count, at most the file's size. */
  length(view: DataView, at: number, what: string): number {
    const value = wideAt(view, at, this.context);
    if (value > BigInt(this.size)) throw this.fault(`${what} says ${value}`);
    return Number(value);
  }

  /** A size that no byte of the file has to fill. */
  number(view: DataView, at: number): number {
    const value = Number(wideAt(view, at, this.context));
    if (!Number.isSafeInteger(value)) throw this.fault(`A size is ${countInWords(value)}`);
    return value;
  }

  fault(message: string): CheckpointError {
    return malformed(`${message}, which is not how HDF5 has it.`, this.context);
  }
}

/** Messages are as long as the file says: every one may end too early. */
function wideAt(view: DataView, at: number, context: ErrorContext): bigint {
  if (at + 8 <= view.byteLength) return view.getBigUint64(at, true);
  throw malformed('A part of an object ends before its numbers, which is not how HDF5 has it.', context);
}

function addressIn(view: DataView, at: number, { size, context }: PagedReader): number | undefined {
  const value = wideAt(view, at, context);
  if (value === nowhere) return undefined;
  if (value > BigInt(size)) throw malformed(`An address is ${value}, but the file has only ${size} bytes.`, context);
  return Number(value);
}

function unsupported(what: string, context: ErrorContext): CheckpointError {
  return new CheckpointError('unsupported-feature', `Secateur does not read this HDF5 file: ${what}.`, {
    ...context,
    advice: 'Write it again with h5py or Keras, and open that.',
  });
}

/** What the index of a checkpoint says of its tensors (tensorflow/core/protobuf/tensor_bundle.proto). */
import { type ErrorContext, malformed } from '../../lib/errors';
import { memorySource } from '../../lib/source';
import type { Dtype } from '../../tensors/dtype';
import type { Checksum } from '../format';
import { type FieldSpec, int, type MessageType, message, walkMessage } from '../protobuf/walk';
import { readTable, type TableEntry } from './table';

export interface BundleEntry {
  readonly key: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly shard: number;
  /** Of its bytes in the shard. */
  readonly offset: number;
  readonly size: number;
  /** Masked CRC-32C of its bytes; undefined where the entry has none. */
  readonly crc: number | undefined;
  /** Where that stands in the index; undefined in compressed blocks. */
  readonly crcField: number | undefined;
  /** Its elements are those of entries of their own: it has none itself. */
  readonly isSliced: boolean;
}

export interface Bundle {
  readonly shards: number;
  readonly byteOrder: 'little' | 'big';
  readonly entries: readonly BundleEntry[];
  /** Over the blocks of the index. */
  readonly checksums: readonly Checksum[];
}

/** tensorflow/core/framework/types.proto */
const dtypes: ReadonlyMap<number, Dtype> = new Map([
  [1, 'F32'],
  [2, 'F64'],
  [3, 'I32'],
  [4, 'U8'],
  [5, 'I16'],
  [6, 'I8'],
  [7, 'STRING'],
  [8, 'C64'],
  [9, 'I64'],
  [10, 'BOOL'],
  [11, 'QINT8'],
  [12, 'QUINT8'],
  [13, 'QINT32'],
  [14, 'BF16'],
  [17, 'U16'],
  [18, 'C128'],
  [19, 'F16'],
  [22, 'U32'],
  [23, 'U64'],
  [24, 'F8_E5M2'],
  [25, 'F8_E4M3'],
]);

const mostDimensions = 254;

interface Header {
  shards?: number;
  endianness?: number;
}

interface Entry {
  dtype?: number;
  shard?: number;
  offset?: number;
  size?: number;
  crcAt?: number;
  unknownRank?: number;
  isSliced: boolean;
  readonly dimensions: { size?: number }[];
}

const headerType: MessageType<Header> = {
  name: 'BundleHeaderProto',
  fields: new Map<number, FieldSpec<Header>>([
    [1, int('shards')],
    [2, int('endianness')],
  ]),
};
const dimensionType: MessageType<{ size?: number }> = { name: 'Dim', fields: new Map([[1, int('size')]]) };
const shapeType: MessageType<Entry> = {
  name: 'TensorShapeProto',
  fields: new Map([
    [
      2,
      message(({ dimensions }: Entry) => {
        const dimension = {};
        dimensions.push(dimension);
        return { type: dimensionType, state: dimension };
      }),
    ],
  ]),
};
const entryType: MessageType<Entry> = {
  name: 'BundleEntryProto',
  fields: new Map<number, FieldSpec<Entry>>([
    [1, int('dtype')],
    [2, message((entry: Entry) => ({ type: shapeType, state: entry }))],
    [3, int('shard')],
    [4, int('offset')],
    [5, int('size')],
    [
      6,
      {
        type: 'place',
        take(entry: Entry, { start, end }) {
          if (end - start === 4) entry.crcAt = start;
        },
      },
    ],
    [
      7,
      {
        type: 'place',
        take(entry: Entry) {
          entry.isSliced = true;
        },
      },
    ],
  ]),
};

/**
 * @param file the whole index
 * @throws CheckpointError `malformed-file`, `unsupported-feature`
 */
export async function readBundle(file: Uint8Array, context: ErrorContext): Promise<Bundle> {
  const { entries, checksums } = readTable(file, context);
  const [first, ...rest] = entries;
  if (!first || first.key.length > 0) throw malformed('Its first entry should say how many files there are.', context);
  const header: Header = {};
  await walkMessage(memorySource(first.value), { type: headerType, state: header }, context);
  const read: BundleEntry[] = [];
  for (const entry of rest) read.push(await entryOf(entry, context));
  return {
    shards: header.shards ?? 0,
    byteOrder: header.endianness === 1 ? 'big' : 'little',
    entries: read,
    checksums,
  };
}

async function entryOf({ key, value, offset }: TableEntry, context: ErrorContext): Promise<BundleEntry> {
  const entry: Entry = { isSliced: false, dimensions: [] };
  const name = nameOf(key);
  await walkMessage(memorySource(value), { type: entryType, state: entry }, { ...context, tensor: name });
  const shape = entry.dimensions.map(({ size = 0 }) => size);
  const { dtype = 0, shard = 0, size = 0, crcAt } = entry;
  const isPossible = shape.length <= mostDimensions && [...shape, shard, size, entry.offset ?? 0].every(isCount);
  if (!isPossible) throw malformed(`The tensor "${name}" is of an impossible size.`, { ...context, tensor: name });
  return {
    key: name,
    dtype: dtypes.get(dtype) ?? 'OPAQUE',
    shape,
    shard,
    offset: entry.offset ?? 0,
    size,
    crc: crcAt === undefined ? undefined : new DataView(value.buffer, value.byteOffset).getUint32(crcAt, true),
    crcField: crcAt === undefined || offset === undefined ? undefined : offset + crcAt,
    isSliced: entry.isSliced,
  };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * A key, or of a slice of a variable (tensorflow/core/util/saved_tensor_slice_util.cc) the variable's: a zero, the name with zeros and
 * 255s escaped, and its end.
 */
function nameOf(key: Uint8Array): string {
  if (key[0] !== 0) return new TextDecoder().decode(key);
  const name: number[] = [];
  for (let at = 1; at < key.length; at++) {
    const [byte = 0, next = 0] = key.subarray(at, at + 2);
    if (byte === 0 && next === 1) break;
    name.push(byte);
    if (byte === 0 || byte === 0xff) at++;
  }
  return new TextDecoder().decode(Uint8Array.from(name));
}

/** TensorProto and SparseTensorProto, read and named. */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { Dtype } from '../../tensors/dtype';
import { type Constant, maxRank } from '../../tensors/graph/graph';
import type { ByteRange, TensorId } from '../../tensors/tensor';
import { type FieldSpec, int, ints, type Message, type MessageType, message, text } from '../protobuf/walk';
import { type Field, int64sIn, rangeOf, wireTypes } from '../protobuf/wire';
import { sparseFields, tensorFields } from './fieldNumbers';

/** Elements of one repeated fixed-width field, which may be packed, unpacked and split over any number of records. */
export interface Scattered {
  /** In the order of the file; `maxSegments + 1` at most. */
  readonly segments: ByteRange[];
  byteLength: number;
  /** A packed record does not hold a whole number of elements, which protobuf refuses. */
  ragged: boolean;
}

/** What external_data says of a place, as written; '' where it does not. Other keys mean nothing to ONNX. */
export interface External {
  location: string;
  offset: string;
  length: string;
  checksum: string;
}

function isExternalKey(key: string): key is keyof External {
  return key === 'location' || key === 'offset' || key === 'length' || key === 'checksum';
}

/** A TensorProto as it stands in the file. Repeated and singular fields follow protobuf: lists grow, scalars are overwritten. */
export interface TensorRecord extends Constant {
  name: string;
  readonly shape: number[];
  ints?: readonly number[];
  tensor?: TensorId;
  /** Of an initializer: where it stands in the file, tag and length included. */
  readonly record?: ByteRange;
  /** Likewise that of its name. */
  nameRecord?: ByteRange;
  dataType: number;
  raw?: ByteRange;
  readonly floats: Scattered;
  readonly doubles: Scattered;
  /** int32_data: varints. */
  readonly varints: Scattered;
  /** int64_data and uint64_data, likewise. */
  readonly wideVarints: Scattered;
  /** Elements are in int32_data, int64_data, uint64_data or string_data: of variable width. */
  variableWidth: boolean;
  /** Content of a small int64 tensor: shapes and axes that lead weights to their consumers. */
  smallRaw?: Uint8Array;
  smallVarints?: Uint8Array;
  /** TensorProto.DataLocation: 1 is another file. */
  location: number;
  readonly external: External;
  /** Where the text of `external.checksum` begins. */
  checksumAt?: number;
  chunked: boolean;
}

/** SparseTensorProto. */
export interface SparseRecord extends Constant {
  /** That of its values. */
  name: string;
  readonly shape: number[];
  tensor?: TensorId;
  readonly values: TensorRecord;
  readonly indices: TensorRecord;
}

/** By TensorProto.DataType. */
const dtypes: readonly Dtype[] = [
  ...(['OPAQUE', 'F32', 'U8', 'I8', 'U16', 'I16', 'I32', 'I64', 'STRING', 'BOOL', 'F16', 'F64', 'U32', 'U64'] as const),
  ...(['C64', 'C128', 'BF16', 'F8_E4M3', 'F8_E4M3FNUZ', 'F8_E5M2', 'F8_E5M2FNUZ', 'U4', 'I4', 'F4'] as const),
  ...(['F8_E8M0', 'U2', 'I2', 'F6_E2M3', 'F6_E3M2'] as const),
];
const floatDataType = 1;

/** Above this a tensor is listed but not patched: its elements are strewn, as only a writer of unpacked fields does. */
export const maxSegments = 4096;
/** Eight int64: a shape. */
const peekBytes = 64;

export function newScattered(): Scattered {
  return { segments: [], byteLength: 0, ragged: false };
}

export function newTensor(record?: ByteRange): TensorRecord {
  return {
    ...(record && { record }),
    name: '',
    shape: [],
    dataType: 0,
    floats: newScattered(),
    doubles: newScattered(),
    varints: newScattered(),
    wideVarints: newScattered(),
    variableWidth: false,
    location: 0,
    external: { location: '', offset: '', length: '', checksum: '' },
    chunked: false,
  };
}

/** Floats that stand in an attribute without a TensorProto around them. */
export function floatTensor(floats: Scattered, shape: number[]): TensorRecord {
  return { ...newTensor(), shape, dataType: floatDataType, floats };
}

/** Adds the elements of one record. `wireType` is that of a single element: fixed32 or fixed64. */
export function scatter(into: Scattered, field: Field, wireType: number): void {
  const { start, end } = field;
  if ((field.wireType !== wireTypes.bytes && field.wireType !== wireType) || start === end) return;
  into.byteLength += end - start;
  into.ragged ||= (end - start) % (wireType === wireTypes.fixed32 ? 4 : 8) !== 0;
  if (into.segments.length <= maxSegments) into.segments.push({ start, end });
}

/** StringStringEntryProto of external_data. */
interface ExternalEntry {
  readonly tensor: TensorRecord;
  key: string;
  value: string;
  valueAt: number;
}
const externalEntry: MessageType<ExternalEntry> = {
  name: 'StringStringEntryProto',
  fields: new Map<number, FieldSpec<ExternalEntry>>([
    [1, text('key')],
    [
      2,
      {
        type: 'text',
        take(entry, value, { start }) {
          entry.value = value;
          entry.valueAt = start;
        },
      },
    ],
  ]),
  finish({ tensor, key, value, valueAt }) {
    if (isExternalKey(key)) tensor.external[key] = value;
    if (key === 'checksum') tensor.checksumAt = valueAt;
  },
};

/** @param peek the longest content that comes along; none by default */
function place(
  take: (tensor: TensorRecord, field: Field, content?: Uint8Array) => void,
  peek = -1,
): FieldSpec<TensorRecord> {
  return { type: 'place', peek, take };
}

const variableWidth = place((tensor) => {
  tensor.variableWidth = true;
});
const segment = place((tensor) => {
  tensor.chunked = true;
});

const tensorType: MessageType<TensorRecord> = {
  name: 'TensorProto',
  fields: new Map<number, FieldSpec<TensorRecord>>([
    [tensorFields.dims, ints('shape', maxRank + 1)],
    [tensorFields.dataType, int('dataType')],
    [3, segment],
    [4, place((tensor, field) => scatter(tensor.floats, field, wireTypes.fixed32))],
    [5, place((tensor, field) => takeVarints(tensor, tensor.varints, field))],
    [6, variableWidth],
    [7, place(takeInts, peekBytes)],
    [tensorFields.name, { type: 'text', take: takeName }],
    [tensorFields.rawData, place(takeRaw, peekBytes)],
    [10, place((tensor, field) => scatter(tensor.doubles, field, wireTypes.fixed64))],
    [11, place((tensor, field) => takeVarints(tensor, tensor.wideVarints, field))],
    [13, message((tensor) => ({ type: externalEntry, state: { tensor, key: '', value: '', valueAt: 0 } }))],
    [14, int('location')],
  ]),
  finish(tensor) {
    const ints = smallInts(tensor);
    if (ints) tensor.ints = ints;
  },
};

function takeName(tensor: TensorRecord, name: string, field: Field): void {
  tensor.name = name;
  tensor.nameRecord = rangeOf(field);
}

function takeVarints(tensor: TensorRecord, into: Scattered, field: Field): void {
  tensor.variableWidth = true;
  const { start, end, wireType } = field;
  if ((wireType !== wireTypes.bytes && wireType !== wireTypes.varint) || start === end) return;
  into.byteLength += end - start;
  if (into.segments.length <= maxSegments) into.segments.push({ start, end });
}

function takeInts(tensor: TensorRecord, field: Field, content?: Uint8Array): void {
  const only = !tensor.variableWidth && field.wireType === wireTypes.bytes;
  takeVarints(tensor, tensor.wideVarints, field);
  if (only && content) tensor.smallVarints = content;
  else delete tensor.smallVarints;
}

function takeRaw(tensor: TensorRecord, field: Field, content?: Uint8Array): void {
  if (field.wireType !== wireTypes.bytes) return;
  tensor.raw = { start: field.start, end: field.end };
  if (content) tensor.smallRaw = content;
  else delete tensor.smallRaw;
}

const sparseType: MessageType<SparseRecord> = {
  name: 'SparseTensorProto',
  fields: new Map<number, FieldSpec<SparseRecord>>([
    [sparseFields.values, message((sparse) => tensorMessage(sparse.values))],
    [sparseFields.indices, message((sparse) => tensorMessage(sparse.indices))],
    [sparseFields.dims, ints('shape', maxRank + 1)],
  ]),
  finish(sparse) {
    sparse.name = sparse.values.name;
  },
};

export function tensorMessage(state: TensorRecord): Message<unknown> {
  return { type: tensorType, state };
}

export function sparseMessage(state: SparseRecord): Message<unknown> {
  return { type: sparseType, state };
}

export function isExternal(tensor: TensorRecord): boolean {
  return tensor.location === 1;
}

/** By the number that TensorProto.data_type is; `OPAQUE` for those there are none of. */
export function dtypeOfCode(code: number): Dtype {
  return dtypes[code] ?? 'OPAQUE';
}

export function dtypeOf(tensor: TensorRecord): Dtype {
  return dtypeOfCode(tensor.dataType);
}

/** TensorProto.DataType of a dtype that has one. */
export function dtypeCodeOf(dtype: Dtype): number {
  return dtypes.indexOf(dtype);
}

/** @throws CheckpointError `malformed-file` for negative sizes and more elements than can be counted */
export function checkedShape(shape: readonly number[], name: string, context: ErrorContext): readonly number[] {
  const where = { ...context, tensor: name };
  if (shape.length > maxRank) throw malformed(`The tensor "${name}" has more than ${maxRank} dimensions.`, where);
  const countable = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const numel = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  if (!countable || !Number.isSafeInteger(numel)) {
    throw malformed(`The tensor "${name}" has the impossible shape [${shape.join(', ')}].`, where);
  }
  return shape;
}

/** The values of a small int64 tensor, where they were kept. */
function smallInts(tensor: TensorRecord): number[] | undefined {
  if (dtypeOf(tensor) !== 'I64') return undefined;
  if (tensor.smallRaw) {
    const values: number[] = [];
    const { buffer, byteOffset, byteLength } = tensor.smallRaw;
    const view = new DataView(buffer, byteOffset, byteLength);
    for (let at = 0; at + 8 <= byteLength; at += 8) values.push(Number(view.getBigInt64(at, true)));
    return values;
  }
  return tensor.smallVarints && int64sIn(tensor.smallVarints).map(Number);
}

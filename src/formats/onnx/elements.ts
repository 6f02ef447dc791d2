/** The elements of a model's tensors, as bytes and as numbers: wherever they stand, in whatever way they are stored. */
import { type ByteSource, memorySource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import { type EncodedElements, isQuantised } from '../../tensors/encodedElements';
import { bf16ToNumber, f16ToNumber } from '../../tensors/half';
import { type ByteRange, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import { decodeVarints } from '../../tensors/varintElements';
import { int64sIn } from '../protobuf/wire';
import { dtypeOf, isExternal, maxSegments, type Scattered, type TensorRecord } from './tensorProto';

/** Of a tensor of integers that are varints: they are decoded in memory. */
const maxDecoded = 2 ** 22;

/** What has to be known of a checkpoint. */
export interface Stored {
  readonly tensors: readonly Pick<TensorInfo, 'dtype' | 'shape' | 'storage' | 'storageOffset'>[];
  readonly storages: readonly Storage[];
  readonly encoded?: readonly EncodedElements[];
}

/**
 * The elements row by row, little-endian: of quantised tensors the codes. Those in the file are not read before they are asked for.
 * @param source of the checkpoint
 * @returns undefined where there are none, or no whole number of bytes each
 */
export async function elementsIn(
  source: ByteSource,
  { tensors, storages, encoded = [] }: Stored,
  record: TensorRecord,
): Promise<ByteSource | undefined> {
  const info = record.tensor === undefined ? undefined : tensors[record.tensor];
  if (!info) return undefined;
  const numel = numelOf(record.shape);
  const width = bitsOf(dtypeOf(record)) / 8;
  if (width < 1) return undefined;
  const storage = storages[info.storage];
  if (!storage) return varintsIn(source, record, numel);
  const varints = encoded.find(({ addresses }) => addresses === storage.segments[0]);
  if (varints && isQuantised(varints)) {
    const [{ start, end }] = varints.segments;
    return { size: end - start, read: (offset, length) => source.read(start + offset, length) };
  }
  if (varints) {
    const elements = new Uint8Array(numel * width);
    decodeVarints(await bytesOf(source, varints.segments), 0, elements);
    return memorySource(elements);
  }
  const whole = splicedSource(storage.segments.map((segment) => ({ source, ...segment })));
  const start = info.storageOffset * width;
  return { size: numel * width, read: (offset, length) => whole.read(start + offset, length) };
}

async function varintsIn(source: ByteSource, record: TensorRecord, numel: number): Promise<ByteSource | undefined> {
  if (isExternal(record) || record.raw || record.chunked) return undefined;
  const listed: Scattered = record.varints.byteLength > 0 ? record.varints : record.wideVarints;
  const isListed = listed.segments.length <= maxSegments && listed.byteLength <= 10 * maxDecoded;
  if (!record.variableWidth || !isListed || numel > maxDecoded) return undefined;
  const values = int64sIn(await bytesOf(source, listed.segments));
  if (values.length !== numel) return undefined;
  const width = bitsOf(dtypeOf(record)) / 8;
  const elements = new Uint8Array(numel * 8);
  const view = new DataView(elements.buffer);
  // The low bytes of a two's complement are those of the narrower one.
  const packed = new Uint8Array(numel * width);
  values.forEach((value, i) => {
    view.setBigInt64(i * 8, value, true);
    packed.set(elements.subarray(i * 8, i * 8 + width), i * width);
  });
  return memorySource(packed);
}

async function bytesOf(source: ByteSource, segments: readonly ByteRange[]): Promise<Uint8Array> {
  const whole = splicedSource(segments.map((segment) => ({ source, ...segment })));
  return whole.read(0, whole.size);
}

type Reader = (view: DataView, offset: number) => number;
const readers: Partial<Record<Dtype, Reader>> = {
  F64: (view, offset) => view.getFloat64(offset, true),
  F32: (view, offset) => view.getFloat32(offset, true),
  F16: (view, offset) => f16ToNumber(view.getUint16(offset, true)),
  BF16: (view, offset) => bf16ToNumber(view.getUint16(offset, true)),
  I64: (view, offset) => Number(view.getBigInt64(offset, true)),
  U64: (view, offset) => Number(view.getBigUint64(offset, true)),
  I32: (view, offset) => view.getInt32(offset, true),
  U32: (view, offset) => view.getUint32(offset, true),
  I16: (view, offset) => view.getInt16(offset, true),
  U16: (view, offset) => view.getUint16(offset, true),
  I8: (view, offset) => view.getInt8(offset),
  U8: (view, offset) => view.getUint8(offset),
  BOOL: (view, offset) => view.getUint8(offset),
};

/** @returns undefined for dtypes that are no plain numbers */
export function decodeNumbers(dtype: Dtype, bytes: Uint8Array): number[] | undefined {
  const read = readers[dtype];
  if (!read) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = bitsOf(dtype) / 8;
  return Array.from({ length: bytes.byteLength / width }, (_, i) => read(view, i * width));
}

/** The numbers of a float attribute, in the order of the file. */
export async function floatsIn(source: ByteSource, { segments, ragged }: Scattered): Promise<readonly number[]> {
  if (ragged || segments.length > maxSegments) return [];
  return decodeNumbers('F32', await bytesOf(source, segments)) ?? [];
}

/**
 * An ONNX model with some of its initializers as `sparse_initializer`: the values that are not zero, and where they stand.
 * Every byte that is not part of such an initializer, or the length of the graph around it, stays as it was.
 */
import type { ByteSource } from '../../../lib/source';
import { lengthOf, type Splice } from '../../../lib/splice';
import type { ByteRange } from '../../../tensors/tensor';
import { wireTypes } from '../../protobuf/wire';
import { type GraphRecords, type InitializerRecord, modelGraph } from './records';

export interface SparseContent {
  readonly shape: readonly number[];
  /** The elements that are not zero, little-endian. */
  readonly values: Splice;
  /** Their indices in the flattened tensor, ascending, as little-endian int64: what onnx.checker asks for. */
  readonly indices: Splice;
  /** How many. */
  readonly count: number;
}

/** Field numbers of onnx.proto. */
const graphSparseInitializer = 15;
const sparse = { values: 1, indices: 2, dims: 3 } as const;
const tensor = { dims: 1, dataType: 2, rawData: 9 } as const;
const int64DataType = 7;
/** Tags, lengths, dims and name: what a sparse initializer has beside its values and indices, roughly. */
const overheadBytes = 64;
const indexBytes = 8;

/** Bytes that a tensor's elements and indices take as a sparse initializer. */
export function sparseBytes(count: number, elementBytes: number): number {
  return count * (elementBytes + indexBytes) + overheadBytes;
}

/**
 * @param model its dense tensors are taken from here
 * @param sparseOf what is to take the place of an initializer; undefined leaves it
 */
export function withSparseInitializers(
  model: ByteSource,
  graph: GraphRecords,
  sparseOf: (initializer: InitializerRecord) => SparseContent | undefined,
): Splice {
  const of = ({ start, end }: ByteRange) => ({ source: model, start, end });
  const body: Splice[number][] = [];
  const { message, record } = graph;
  let at = message.start;
  for (const initializer of graph.initializers) {
    const content = sparseOf(initializer);
    if (!content) continue;
    const name = initializer.name ? [of(initializer.name)] : [];
    body.push(of({ start: at, end: initializer.record.start }), ...sparseRecord(name, initializer.dataType, content));
    at = initializer.record.end;
  }
  body.push(of({ start: at, end: message.end }));
  return [of({ start: 0, end: record.start }), ...field(modelGraph, body), of({ start: record.end, end: model.size })];
}

function sparseRecord(name: Splice, dataType: number, { shape, values, indices, count }: SparseContent): Splice {
  return field(graphSparseInitializer, [
    ...field(sparse.values, [
      ...ints(tensor.dims, [count]),
      ...ints(tensor.dataType, [dataType]),
      ...name,
      ...field(tensor.rawData, values),
    ]),
    ...field(sparse.indices, [
      ...ints(tensor.dims, [count]),
      ...ints(tensor.dataType, [int64DataType]),
      ...field(tensor.rawData, indices),
    ]),
    ...ints(sparse.dims, shape),
  ]);
}

/** A length-delimited field. */
function field(number: number, body: Splice): Splice {
  return [varint(number * 8 + wireTypes.bytes), varint(lengthOf(body)), ...body];
}

/** A varint field, once for each value. */
function ints(number: number, values: readonly number[]): Splice {
  return values.flatMap((value) => [varint(number * 8 + wireTypes.varint), varint(value)]);
}

/** @param value a whole number from 0 to 2^53 */
function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return new Uint8Array(bytes);
}

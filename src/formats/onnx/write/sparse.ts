/**
 * An ONNX model with some of its initializers as `sparse_initializer`: the values that are not zero, and where they stand.
 * Every byte that is not part of such an initializer, or the length of the graph around it, stays as it was.
 */
import type { ByteSource } from '../../../lib/source';
import type { Splice } from '../../../lib/splice';
import type { ByteRange } from '../../../tensors/tensor';
import { field, intFields } from '../../protobuf/write';
import { graphFields, sparseFields, tensorFields } from '../fieldNumbers';
import type { WholeModel } from '../graphProto';
import { edited } from './edited';

export interface SparseContent {
  readonly shape: readonly number[];
  /** The elements that are not zero, little-endian. */
  readonly values: Splice;
  /** Their indices in the flattened tensor, ascending, as little-endian int64: what onnx.checker asks for. */
  readonly indices: Splice;
  /** How many. */
  readonly count: number;
}

const int64DataType = 7;
/** Tags, lengths, dims and name: what a sparse initializer has beside its values and indices, roughly. */
const overheadBytes = 64;
const indexBytes = 8;

/** Bytes that a tensor's elements and indices take as a sparse initializer. */
export function sparseBytes(count: number, elementBytes: number): number {
  return count * (elementBytes + indexBytes) + overheadBytes;
}

/**
 * @param source of the model; its dense tensors are taken from here
 * @param sparseAt what is to take the place of the main graph's initializer at an index; undefined leaves it
 */
export function withSparseInitializers(
  source: ByteSource,
  model: WholeModel,
  sparseAt: (index: number) => SparseContent | undefined,
): Splice {
  const bytesAt = ({ start, end }: ByteRange) => ({ source, start, end });
  const replaced = new Map<ByteRange, Splice>();
  model.main.initializers.forEach(({ record, nameRecord, dataType }, index) => {
    const content = sparseAt(index);
    if (content && record)
      replaced.set(record, sparseRecord(nameRecord ? [bytesAt(nameRecord)] : [], dataType, content));
  });
  return edited(model, source.size, bytesAt, { replaced });
}

function sparseRecord(name: Splice, dataType: number, { shape, values, indices, count }: SparseContent): Splice {
  return field(graphFields.sparseInitializer, [
    ...field(sparseFields.values, [
      ...intFields(tensorFields.dims, [count]),
      ...intFields(tensorFields.dataType, [dataType]),
      ...name,
      ...field(tensorFields.rawData, values),
    ]),
    ...field(sparseFields.indices, [
      ...intFields(tensorFields.dims, [count]),
      ...intFields(tensorFields.dataType, [int64DataType]),
      ...field(tensorFields.rawData, indices),
    ]),
    ...intFields(sparseFields.dims, shape),
  ]);
}

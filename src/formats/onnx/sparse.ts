/** Sparse tensors of a model (SparseTensorProto): values, and where they belong. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import { bitsOf, isPrunableDtype } from '../../tensors/dtype';
import type { SparseElements } from '../../tensors/sparseElements';
import { type ByteRange, contiguousStrides, numelOf } from '../../tensors/tensor';
import { decodeNumbers, elementsIn } from './elements';
import { placeOf } from './place';
import { checkedShape, dtypeOf, isExternal, type SparseRecord, type TensorRecord } from './tensorProto';

/** Of the whole tensor: it is read with its zeros. */
const maxElements = 2 ** 28;
/** Their places are held. */
const maxValues = 2 ** 23;

/**
 * @param addresses gives the tensor its addresses, of so many bytes
 * @returns why it cannot be patched, where it cannot
 * @throws CheckpointError `malformed-file` for values and places that do not fit each other or the tensor
 */
export async function sparseElements(
  source: ByteSource,
  { shape, values, indices }: SparseRecord,
  name: string,
  addresses: (bytes: number) => ByteRange,
  context: ErrorContext,
): Promise<SparseElements | string> {
  const numel = numelOf(checkedShape(shape, name, context));
  const dtype = dtypeOf(values);
  if (!isPrunableDtype(dtype)) return 'sparse (values and indices), and no floating point';
  if (isExternal(values) || isExternal(indices)) return 'sparse, with its values in another file';
  const count = numelOf(checkedShape(values.shape, name, context));
  if (numel > maxElements || count > maxValues) return 'sparse, and larger than Secateur reads with its zeros';
  const { storage, readOnly } = placeOf(values, count, name, context);
  if (!storage) return `sparse, and ${readOnly ?? 'without values'}`;
  if (storage.segments.length > 1) return 'sparse, with its values strewn over several records';
  const places = await placesOf(source, indices, shape, count, name, context);
  const refuse = (fault: string) => malformed(`The sparse tensor "${name}" ${fault}.`, { ...context, tensor: name });
  if (places.length !== count) throw refuse(`has ${count} values, but places for ${places.length}`);
  if (places.some((place, i) => i > 0 && place <= at(places, i - 1))) return 'sparse, with its values in no order';
  if (places.some((place) => !(place >= 0 && place < numel))) throw refuse('has a value beyond its shape');
  const width = bitsOf(dtype) / 8;
  const segment = at(storage.segments, 0);
  return { addresses: addresses(numel * width), segments: [segment], places: Float64Array.from(places), width };
}

/** Indices of flattened elements, or one for each dimension. */
async function placesOf(
  source: ByteSource,
  indices: TensorRecord,
  shape: readonly number[],
  count: number,
  name: string,
  context: ErrorContext,
): Promise<number[]> {
  const stored = numelOf(checkedShape(indices.shape, name, context));
  if (stored !== count && stored !== count * shape.length) return [];
  const { storage } = placeOf(indices, stored, name, context);
  const own = { dtype: dtypeOf(indices), shape: indices.shape, storage: storage ? 0 : -1, storageOffset: 0 };
  const elements = await elementsIn(
    source,
    { tensors: [own], storages: storage ? [storage] : [] },
    { ...indices, tensor: 0 },
  );
  const numbers = (elements && decodeNumbers(own.dtype, await elements.read(0, elements.size))) ?? [];
  if (indices.shape.length < 2) return numbers;
  const strides = contiguousStrides(shape);
  return Array.from({ length: count }, (_, i) =>
    strides.reduce((place, stride, axis) => place + stride * (numbers[i * shape.length + axis] ?? Number.NaN), 0),
  );
}

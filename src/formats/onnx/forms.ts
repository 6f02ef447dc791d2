/** Tensors that stand in a model in another form than the one they are read in: varints of halves, codes, values without zeros. */
import type { ErrorContext } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { ByteSource } from '../../lib/source';
import { bitsOf, type Dtype, labelOf } from '../../tensors/dtype';
import type { EncodedElements } from '../../tensors/encodedElements';
import { Addresses } from '../../tensors/quantised/quantised';
import { numelOf, type Storage, type StoredAs, type TensorId } from '../../tensors/tensor';
import type { Coded } from './codings';
import type { Place } from './place';
import { sparseElements } from './sparse';
import { dtypeOf, type SparseRecord, type TensorRecord } from './tensorProto';
import { VarintReader } from './varints';

export interface Form {
  readonly elements: EncodedElements;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Absent where people would not call it another type. */
  readonly stored?: StoredAs;
}

export interface Forms {
  /** Of each tensor, or why it cannot be patched; undefined where it is as it is read. */
  readonly forms: readonly (Form | string | undefined)[];
  readonly encoded: readonly EncodedElements[];
}

interface Formed {
  readonly name: string;
  readonly tensor: TensorRecord;
  readonly shape: readonly number[];
  readonly sparse?: SparseRecord;
}

/** @throws CheckpointError `malformed-file` */
export async function formsOf(
  source: ByteSource,
  tensors: readonly Formed[],
  places: readonly Place[],
  codings: ReadonlyMap<TensorId, Coded>,
  context: ErrorContext,
): Promise<Forms> {
  const forms: (Form | string | undefined)[] = [];
  const encoded: EncodedElements[] = [];
  const varints = new VarintReader(source, context);
  for (const [id, { name, tensor, shape }] of tensors.entries()) {
    const halves = at(places, id).varints;
    const read = halves && (await varints.read(halves, numelOf(shape), name));
    if (read && 'elements' in read) encoded.push(read.elements);
    forms.push(
      read && ('elements' in read ? { elements: read.elements, dtype: dtypeOf(tensor), shape } : read.readOnly),
    );
  }
  const addresses = new Addresses(encoded.at(-1)?.addresses.end ?? source.size);
  /** Codes that several tensors are, each once. */
  const codes = new Map<Storage, EncodedElements>();
  const added = (elements: EncodedElements) => {
    encoded.push(elements);
    return elements;
  };
  for (const [id, { name, sparse }] of tensors.entries()) {
    const { storage } = at(places, id);
    const { coding, range, shape = [], label = '' } = codings.get(id) ?? {};
    if (coding && range && storage) {
      const elements = getOrInsert(codes, storage, () =>
        added({ coding, addresses: addresses.of(numelOf(shape)), segments: [range], byteOrder: 'little' }),
      );
      forms[id] = { elements, dtype: 'F32', shape, stored: { label, bytes: range.end - range.start } };
    } else if (sparse) {
      const taken = (bytes: number) => addresses.of(bytes, 1);
      const elements = await sparseElements(source, sparse, name, taken, context);
      forms[id] = typeof elements === 'string' ? elements : { elements: added(elements), ...sparseForm(sparse) };
    }
  }
  return { forms, encoded };
}

const placeBytes = 8;

function sparseForm({ shape, values }: SparseRecord): Omit<Form, 'elements'> {
  const dtype = dtypeOf(values);
  const bytes = numelOf(values.shape) * (bitsOf(dtype) / 8 + placeBytes);
  return { dtype, shape, stored: { label: `sparse ${labelOf(dtype)}`, bytes } };
}

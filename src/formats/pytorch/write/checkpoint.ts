/** Writes a state dict in PyTorch's zip format: what `torch.save(OrderedDict(…))` makes, loadable with weights_only. */
import { crc32 } from '../../../lib/crc32';
import { CheckpointError } from '../../../lib/errors';
import { at, found } from '../../../lib/known';
import { lengthOf, type Splice } from '../../../lib/splice';
import type { Dtype } from '../../../tensors/dtype';
import { type StoredEntry, storedZip } from '../../zip/write';
import { classByDtype, nameByDtype } from '../dtypes';
import { PickleWriter } from './pickleWriter';

export interface NewStorage {
  readonly content: Splice;
  readonly crc: number;
}

export interface NewTensor {
  readonly dtype: Dtype;
  /** Index among the storages. */
  readonly storage: number;
  /** Of the first element, in elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
}

/** In the order of the state dict; keys are unique. A map in a map is a state dict in a dict. */
export type NewStateDict = ReadonlyMap<string, NewTensor | NewStateDict>;

/** torch.save's name for the folder when it is not told the file's. */
const folder = 'archive';

/**
 * @param byteOrder of the storages
 * @throws CheckpointError `unsupported-feature` for dtypes that no plain tensor has
 */
export function torchCheckpoint(
  stateDict: NewStateDict,
  storages: readonly NewStorage[],
  byteOrder: 'little' | 'big',
): Splice {
  const record = (name: string, bytes: Uint8Array<ArrayBuffer>): StoredEntry => ({
    name: `${folder}/${name}`,
    content: [bytes],
    crc: crc32(bytes),
  });
  const text = (value: string) => new TextEncoder().encode(value);
  return storedZip([
    record('data.pkl', pickled(stateDict, storages)),
    record('byteorder', text(byteOrder)),
    ...storages.map(({ content, crc }, key) => ({ name: `${folder}/data/${key}`, content, crc })),
    record('version', text('3\n')),
  ]);
}

function pickled(stateDict: NewStateDict, storages: readonly NewStorage[]): Uint8Array<ArrayBuffer> {
  const untyped = untypedStorages(stateDict);
  const pickle = new PickleWriter();
  const write = (entries: NewStateDict) =>
    pickle.orderedDict(() => {
      for (const [key, value] of entries) {
        pickle.text(key);
        if (value instanceof Map) write(value);
        else writeTensor(pickle, value as NewTensor, storages, untyped);
      }
    });
  write(stateDict);
  return pickle.finish();
}

/** Storages whose bytes have no one type with a storage class: they are written as bytes, and each tensor says its dtype. */
function untypedStorages(stateDict: NewStateDict): Set<number> {
  const dtypes = new Map<number, Dtype>();
  const untyped = new Set<number>();
  const visit = (entries: NewStateDict) => {
    for (const value of entries.values()) {
      if (value instanceof Map) {
        visit(value);
        continue;
      }
      const { dtype, storage } = value as NewTensor;
      if (!classByDtype(dtype) || (dtypes.get(storage) ?? dtype) !== dtype) untyped.add(storage);
      dtypes.set(storage, dtype);
    }
  };
  visit(stateDict);
  return untyped;
}

/** A call of torch._utils._rebuild_tensor_v2, or v3 over untyped bytes. */
function writeTensor(
  pickle: PickleWriter,
  { dtype, storage, offset, shape, strides }: NewTensor,
  storages: readonly NewStorage[],
  untyped: ReadonlySet<number>,
): void {
  const element = nameByDtype(dtype);
  if (!element) {
    throw new CheckpointError('unsupported-feature', `A tensor of dtype ${dtype} cannot be written as a plain one.`);
  }
  const isUntyped = untyped.has(storage);
  pickle.call(() => {
    pickle.global('torch._utils', isUntyped ? '_rebuild_tensor_v3' : '_rebuild_tensor_v2');
    pickle.tuple(() => {
      pickle.persistent(() =>
        pickle.tuple(() => {
          const bytes = lengthOf(at(storages, storage).content);
          pickle.text('storage');
          if (isUntyped) pickle.global('torch.storage', 'UntypedStorage');
          else pickle.global('torch', found(classByDtype(dtype), 'a class of storages'));
          pickle.text(String(storage));
          pickle.text('cpu');
          pickle.count(isUntyped ? bytes : bytes / element.itemSize);
        }),
      );
      pickle.count(offset);
      pickle.counts(shape);
      pickle.counts(strides);
      pickle.no(); // requires_grad
      pickle.emptyOrderedDict(); // backward hooks
      if (isUntyped) pickle.global('torch', element.name);
    });
  });
}

/** PyTorch's side of a pickle: its persistent ids are storages, its functions rebuild tensors. */
import type { CheckpointError } from '../../lib/errors';
import { storageElement } from './dtypes';
import type { PickleHost } from './pickle/machine';
import { type PyValue, Ref, whatIs } from './pickle/values';
import { rebuildCall } from './rebuild';
import { isCount, StorageValue } from './tensorValue';

type Fail = (message: string) => CheckpointError;

export class TorchHost implements PickleHost {
  /** Every storage that the pickle names, by key, as it was named first. */
  readonly storages = new Map<string, StorageValue>();
  private readonly folder: string;

  /** @param folder put before every key, so that storages of several pickles stay apart */
  constructor(folder = '') {
    this.folder = folder;
  }

  /**
   * `('storage', class, key, location, numel[, view])` or `('module', class, source file, source)`; a view (legacy files
   * only) is `(key, offset, numel)`, in elements.
   */
  persistent(id: PyValue, fail: Fail): PyValue {
    const [tag, cls, key, , numel, view] = Array.isArray(id) ? id : [];
    // The class, by name or (dill, cloudpickle) as it was made.
    if (tag === 'module' && cls !== undefined) return cls;
    if (tag !== 'storage')
      throw fail(`The pickle refers to ${whatIs(id)} outside it, which is no storage of PyTorch's.`);
    const element = cls instanceof Ref ? storageElement(cls) : undefined;
    if (!element) throw fail(`The pickle names a storage of ${whatIs(cls)}, which PyTorch does not have.`);
    // TorchScript's keys may be numbers.
    const text = typeof key === 'number' ? String(key) : key;
    if (typeof text !== 'string' || !isCount(numel) || !Number.isSafeInteger(numel * element.itemSize)) {
      throw fail(`The pickle names a storage by ${whatIs(key)} and gives it ${whatIs(numel)} elements.`);
    }
    const name = this.folder + text;
    const storage = new StorageValue(name, element, numel);
    const known = this.storages.get(name);
    if (known && known.byteLength !== storage.byteLength) {
      throw fail(
        `Storage ${name} is ${known.byteLength} bytes long in one place of the pickle and ${storage.byteLength} in another.`,
      );
    }
    if (!known) this.storages.set(name, storage);
    return view === undefined || view === null ? storage : partOf(storage, view, fail);
  }

  call(callee: Ref, args: readonly PyValue[], fail: Fail): PyValue | undefined {
    return rebuildCall(callee, args, fail);
  }
}

function partOf(storage: StorageValue, view: PyValue, fail: Fail): StorageValue {
  const [, offset, numel] = Array.isArray(view) ? view : [];
  if (!isCount(offset) || !isCount(numel) || offset + numel > storage.numel) {
    throw fail(`A view into storage ${storage.key} reaches beyond its ${storage.numel} elements.`);
  }
  const { key, element } = storage;
  return new StorageValue(key, element, storage.numel, offset * element.itemSize, (offset + numel) * element.itemSize);
}

/** For pickles that hold plain data only. */
export const plainHost: PickleHost = {
  persistent(_id, fail) {
    throw fail('The pickle refers to something outside it, which plain data does not.');
  },
  call: () => undefined,
};

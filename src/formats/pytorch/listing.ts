/** From tensors that a pickle names to the tensors of a checkpoint. */
import { at } from '../../lib/known';
import type { TensorInfo } from '../../tensors/tensor';
import { type Judging, judgementsOf } from '../judging';
import { uniqueNames } from '../names';
import type { StorageValue } from './tensorValue';
import type { FoundTensor } from './walk';

/** Index of a storage among the checkpoint's, or why its bytes are out of reach. */
export type Placed = { readonly index: number } | { readonly readOnly: string };

const optimizerReason = 'optimizer state: never touched';

export interface Listing {
  readonly tensors: readonly TensorInfo[];
  readonly judged: Judging;
}

/** @param place called for every storage of a listed tensor, any number of times */
export function listTensors(found: readonly FoundTensor[], place: (storage: StorageValue) => Placed): Listing {
  const judged: Judging = {
    tensors: found.map(({ container, name, tensor: { dtype, shape }, role, declared }) => ({
      container,
      name,
      dtype,
      shape,
      ...(role && { role }),
      ...(declared && { declared }),
    })),
  };
  const judgements = judgementsOf(judged);
  const names = uniqueNames(found);
  const tensors = found.map(({ container, tensor, role }, i): TensorInfo => {
    const { dtype, shape, strides, storage, offset } = tensor;
    const placed = storage ? place(storage) : undefined;
    const index = placed && 'index' in placed ? placed.index : -1;
    const unreachable = placed && 'readOnly' in placed ? placed.readOnly : undefined;
    const readOnly = tensor.readOnly ?? (role === 'optimizer' ? optimizerReason : unreachable);
    return {
      name: at(names, i),
      container,
      dtype,
      shape,
      strides,
      storage: index,
      storageOffset: offset,
      ...at(judgements, i),
      ...(readOnly === undefined ? {} : { readOnly }),
    };
  });
  return { tensors, judged };
}

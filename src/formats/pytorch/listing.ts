/** From tensors that a pickle names to the tensors of a checkpoint. */
import { inferKind } from '../../tensors/kind';
import type { TensorInfo } from '../../tensors/tensor';
import { uniqueNames } from '../names';
import type { StorageValue } from './tensorValue';
import type { FoundTensor } from './walk';

/** Index of a storage among the checkpoint's, or why its bytes are out of reach. */
export type Placed = { readonly index: number } | { readonly readOnly: string };

const optimizerReason = 'optimizer state: never touched';

/** @param place called for every storage of a listed tensor, any number of times */
export function listTensors(found: readonly FoundTensor[], place: (storage: StorageValue) => Placed): TensorInfo[] {
  const siblings = siblingsByContainer(found);
  const names = uniqueNames(found);
  return found.map(({ container, name, tensor, role }, i): TensorInfo => {
    const { dtype, shape, strides, storage, offset } = tensor;
    const placed = storage ? place(storage) : undefined;
    const index = placed && 'index' in placed ? placed.index : -1;
    const unreachable = placed && 'readOnly' in placed ? placed.readOnly : undefined;
    const readOnly = tensor.readOnly ?? (role === 'optimizer' ? optimizerReason : unreachable);
    const inferred = inferKind({ name, dtype, shape }, siblings.get(container)!);
    return {
      name: names[i]!,
      container,
      dtype,
      shape,
      strides,
      storage: index,
      storageOffset: offset,
      kind: role === undefined || (role === 'buffer' && inferred === 'integer') ? inferred : role,
      ...(readOnly === undefined ? {} : { readOnly }),
    };
  });
}

function siblingsByContainer(found: readonly FoundTensor[]): Map<string, Set<string>> {
  const byContainer = new Map<string, Set<string>>();
  for (const { container, name } of found) {
    const names = byContainer.get(container);
    if (names) names.add(name);
    else byContainer.set(container, new Set([name]));
  }
  return byContainer;
}

/** A checkpoint's tensors, state dict by state dict. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { StateDictTensor } from '../../tensors/reparametrised';
import { keysOf } from '../../tensors/stateDictKeys';
import type { LayerKind, TensorInfo } from '../../tensors/tensor';

export interface StateDict {
  /** Where it sits in the file, '' at the top. */
  readonly container: string;
  readonly members: readonly StateDictTensor[];
}

const buffers: ReadonlySet<LayerKind> = new Set(['buffer', 'mask', 'integer']);

/** In the order of the file; without optimizer state. */
export function stateDictsOf(tensors: readonly TensorInfo[]): StateDict[] {
  const keys = keysOf(tensors);
  const byContainer = new Map<string, StateDictTensor[]>();
  tensors.forEach(({ container, kind }, id) => {
    if (kind === 'optimizer') return;
    getOrInsert(byContainer, container, () => []).push({ id, key: at(keys, id), isBuffer: buffers.has(kind) });
  });
  return [...byContainer].map(([container, members]) => ({ container, members }));
}

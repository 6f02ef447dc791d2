/**
 * State dicts as torch.nn.utils.prune leaves them before `remove`: a pruned `X` is there as `X_orig`, the weights as they
 * were, and `X_mask`, ones and zeros in the dtype of the weights; the module computes with their product.
 */
import { at } from '../lib/known';
import { isPrunableDtype } from './dtype';
import { keysOf } from './stateDictKeys';
import type { TensorId, TensorInfo } from './tensor';

export interface MaskedPair {
  readonly orig: TensorId;
  readonly mask: TensorId;
  /** Key of the weights in their state dict: X. */
  readonly key: string;
}

/** The `X_orig`/`X_mask` pairs of a checkpoint, in order of their `X_orig`. */
export function maskedPairs(tensors: readonly TensorInfo[]): MaskedPair[] {
  const keys = keysOf(tensors);
  const ids = new Map<string, TensorId>();
  const place = (container: string, key: string) => JSON.stringify([container, key]);
  tensors.forEach(({ container, kind }, id) => {
    if (kind !== 'optimizer') ids.set(place(container, at(keys, id)), id);
  });
  const pairs: MaskedPair[] = [];
  tensors.forEach((tensor, orig) => {
    const key = /^(.+)_orig$/s.exec(at(keys, orig))?.[1];
    if (key === undefined || ids.get(place(tensor.container, at(keys, orig))) !== orig) return;
    const mask = ids.get(place(tensor.container, `${key}_mask`));
    if (mask === undefined || ids.has(place(tensor.container, key))) return;
    if (isMaskOf(at(tensors, mask), tensor)) pairs.push({ orig, mask, key });
  });
  return pairs;
}

function isMaskOf(mask: TensorInfo, { shape }: TensorInfo): boolean {
  return (
    isPrunableDtype(mask.dtype) &&
    mask.shape.length === shape.length &&
    mask.shape.every((size, axis) => size === shape[axis])
  );
}

/** An entry of a state dict: a tensor as it was, or one of the two that take the place of a pruned one. */
export interface StateDictEntry {
  readonly key: string;
  readonly tensor: TensorId;
  readonly part: 'plain' | 'orig' | 'mask';
}

/** What of a state dict's tensors its order depends on. */
export interface StateDictTensor {
  readonly id: TensorId;
  readonly key: string;
  readonly isBuffer: boolean;
}

/**
 * The state dict with its `pruned` tensors as pairs, in the order that torch leaves: pruning registers `X_orig` behind
 * the module's other parameters and `X_mask` behind its other buffers, and `state_dict()` lists parameters, buffers, then
 * the modules inside.
 */
export function reparametrisedEntries(
  tensors: readonly StateDictTensor[],
  pruned: ReadonlySet<TensorId>,
): StateDictEntry[] {
  const entries: StateDictEntry[] = [];
  for (let start = 0; start < tensors.length; ) {
    const module = moduleOf(at(tensors, start).key);
    let end = start + 1;
    while (end < tensors.length && moduleOf(at(tensors, end).key) === module) end++;
    const members = tensors.slice(start, end);
    const own = (isBuffer: boolean) =>
      members
        .filter((tensor) => tensor.isBuffer === isBuffer && !pruned.has(tensor.id))
        .map(({ key, id }): StateDictEntry => ({ key, tensor: id, part: 'plain' }));
    const pairs = (part: 'orig' | 'mask') =>
      members
        .filter(({ id }) => pruned.has(id))
        .map(({ key, id }): StateDictEntry => ({ key: `${key}_${part}`, tensor: id, part }));
    entries.push(...own(false), ...pairs('orig'), ...own(true), ...pairs('mask'));
    start = end;
  }
  return entries;
}

/** The module that a key belongs to: everything before its last dot. */
function moduleOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('.')));
}

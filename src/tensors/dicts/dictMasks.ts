/**
 * Masks beside the weights they belong to, as pruning libraries leave them: in a dict of their own under the names of the
 * weights (Distiller's `masks_dict`, NNI's `{layer: {weight: mask}}`), or next to them (`conv1.mask`).
 */
import { at } from '../../lib/known';
import type { TensorId } from '../tensor';
import { type Dict, type DictTree, plainKey } from './dictTree';

/** No `mask_head` or `mask_decoder`: those work on masks. */
const maskName = /(^|_)masks?(_(dict|scores?|state|state_dict|params?|weights?|logits?|\d+))?$/i;
const maskKey = /^(.*?)[./_]?mask(:\d+)?$/is;

/** Of tensors that are called masks, and have the shape of weights of the same name: those weights. */
export function namedMasks(tree: DictTree, isWeight: (id: TensorId) => boolean): Map<TensorId, TensorId> {
  const weights = new Map<TensorId, TensorId>();
  const inside = new Set<Dict>();
  for (const dict of tree.dicts) {
    if (dict.parent && inside.has(dict.parent)) inside.add(dict);
    else if (maskName.test(dict.name)) {
      inside.add(dict);
      pairDict(tree, dict, isWeight, weights);
    }
  }
  tree.tensors.forEach((_, id) => {
    if (weights.has(id)) return;
    const orig = besideMask(tree, id);
    if (orig !== undefined && isWeight(orig)) weights.set(id, orig);
  });
  return weights;
}

/** Pairs all tensors below a dict of masks with those of the place that has the first of them. */
function pairDict(
  tree: DictTree,
  dict: Dict,
  isWeight: (id: TensorId) => boolean,
  weights: Map<TensorId, TensorId>,
): void {
  /** Where the first of them was found. */
  let found: string | undefined;
  for (const id of tree.below(dict)) {
    const { shape } = at(tree.tensors, id);
    if (shape.length === 0) continue;
    const paths = pathsOfWeights(tree.pathBelow(dict, id));
    const weightsAt = (place: string) =>
      paths.map((path) => tree.alikeAt(place, path, shape)).find((orig) => orig !== undefined && isWeight(orig));
    const places = found === undefined ? paths.flatMap((path) => [...tree.placesOf(dict, id, path)]) : [found];
    for (const place of places) {
      const orig = weightsAt(place);
      if (orig === undefined) continue;
      found = place;
      weights.set(id, orig);
      break;
    }
  }
}

/** What the weights of a mask may be called: as the mask, or as what it is the mask of. */
function pathsOfWeights(path: string): string[] {
  const base = maskKey.exec(path)?.[1];
  return [path, `${path}.weight`, ...(base ? [base, `${base}.weight`] : [])];
}

/** The weights next to a tensor that is called their mask; those of torch's `X_orig` and `X_mask` are known by these. */
function besideMask(tree: DictTree, id: TensorId): TensorId | undefined {
  const key = plainKey(at(tree.keys, id));
  const [, base, colon = ''] = maskKey.exec(key) ?? [];
  if (base === undefined) return undefined;
  const { container, shape } = at(tree.tensors, id);
  if (shape.length === 0) return undefined;
  const leaves = ['.weight', '/weight', '.kernel', '/kernel'];
  const names = ['', ...(base === '' ? ['weight', 'kernel'] : leaves)].map((leaf) => `${base}${leaf}`);
  if (colon !== '') names.push(...names.map((name) => `${name}${colon}`));
  return names.map((name) => tree.alikeAt(container, name, shape)).find((orig) => orig !== undefined && orig !== id);
}

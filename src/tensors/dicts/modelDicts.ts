/**
 * Which dicts of a checkpoint are models.
 *
 * A dict that holds matrices, its own or those of dicts in it, is one model or holds several:
 * - A dict is called a state dict here when it has matrices under keys with dots: it is a model.
 * - A dict without dots in its keys is one module. Beside state dicts or other modules (Megatron's `word_embeddings`) it
 *   is a part of what they are parts of, and the dict around them all is the model.
 * - Dicts around nothing but state dicts hold as many models (`generator` and `discriminator`).
 * - A copy of its neighbours with a copy's name (`ema`, `teacher`), and the two of an adversarial pair, are models
 *   wherever they stand.
 */
import { at, known } from '../../lib/known';
import type { TensorId } from '../tensor';
import { type Dict, type DictTree, joined } from './dictTree';

/** Copies made in training: averages over steps, and the slow one of two. */
export const copyName = /(^|_)(ema|swa|averaged?|avg|shadow|teacher|target|momentum|polyak)(_|\d|$)/i;
const adversary = /^(net_?)?(g|d|gen|dis|generator|discriminator|critic)(_?(a|b|xy|yx|\d+))?$/i;

/** The model of each tensor. */
export function modelDicts(tree: DictTree, isWeight: (id: TensorId) => boolean): Dict[] {
  const matters = new Set<Dict>();
  const dotted = new Set<Dict>();
  for (const dict of [...tree.dicts].reverse()) {
    const matrices = dict.tensors.filter((id) => tree.isMatrix(id) && isWeight(id));
    if (matrices.length > 0 || dict.children.some((child) => matters.has(child))) matters.add(dict);
    const hasDots = matrices.some((id) => /[./]/.test(at(tree.keys, id)));
    if (hasDots || dict.children.some((child) => dotted.has(child))) dotted.add(dict);
  }
  const isModule = (dict: Dict) => matters.has(dict) && !dotted.has(dict);
  /** Dicts that are whole models, by themselves or with what is in them. */
  const models = new Set<Dict>();
  const waiting = [tree.root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const dict = next;
    const children = dict.children.filter((child) => matters.has(child));
    const apart = children.filter((child) => isApart(tree, dict, child, children));
    const rest = children.filter((child) => !apart.includes(child));
    const ownMatrices = dict.tensors.filter((id) => tree.isMatrix(id) && isWeight(id));
    const isStateDict = ownMatrices.some((id) => /[./]/.test(at(tree.keys, id)));
    const hasOwn = ownMatrices.length > 0;
    const isOne = isStateDict || (rest.some(isModule) && (hasOwn || rest.length > 1)) || (hasOwn && rest.length === 0);
    if (isOne) models.add(dict);
    waiting.push(...apart, ...(isOne ? [] : rest));
  }
  // What lies in no model goes with the first there is.
  const first = tree.dicts.find((dict) => models.has(dict)) ?? tree.root;
  const modelOf = new Map<Dict, Dict>();
  const found: Dict[] = new Array(tree.tensors.length);
  for (const dict of tree.dicts) {
    const model = models.has(dict) ? dict : dict.parent ? known(modelOf, dict.parent) : first;
    modelOf.set(dict, model);
    for (const id of dict.tensors) found[id] = model;
  }
  return found;
}

function isApart(tree: DictTree, parent: Dict, dict: Dict, siblings: readonly Dict[]): boolean {
  if (adversary.test(dict.name)) return siblings.length > 1;
  if (!copyName.test(dict.name)) return false;
  const first = [...tree.below(dict)].find((id) => tree.isMatrix(id));
  if (first === undefined) return false;
  const { shape } = at(tree.tensors, first);
  const path = tree.pathBelow(dict, first);
  const beside = [parent.path, ...siblings.filter((each) => each !== dict).map((each) => each.path)];
  return beside.some((place) => tree.alikeAt(place, path, shape) !== undefined);
}

/** A run of keys of one state dict that is a copy of others in it. */
export interface FlatCopy {
  /** Path of the dict and what its keys begin with. */
  readonly path: string;
  /** Of its tensors, what they are copies of. */
  readonly originals: ReadonlyMap<TensorId, TensorId>;
  readonly tensors: readonly TensorId[];
}

/** First parts of keys that nothing but a copy has; the last two only beside the other of their pair. */
const flatCopyName = /^(model_ema|ema|ema_model|\w+_ema|ema_\w+|averaged_model|swa_model)$/i;
const pairs: ReadonlyMap<string, string> = new Map([
  ['teacher', 'student'],
  ['target', 'online'],
]);

/**
 * Copies that a flat file keeps under a prefix: `ema_model.conv.weight` beside `model.conv.weight`, `teacher.` beside
 * `student.`; and `model_ema.convweight`, whose names have lost their dots, in the checkpoints of latent diffusion.
 */
export function flatCopies(tree: DictTree, isWeight: (id: TensorId) => boolean): FlatCopy[] {
  return tree.dicts.flatMap((dict) => {
    const byPrefix = new Map<string, TensorId[]>();
    for (const id of dict.tensors) {
      const key = at(tree.keys, id);
      const end = key.indexOf('.');
      if (end <= 0) continue;
      const prefix = key.slice(0, end);
      const known = byPrefix.get(prefix);
      if (known) known.push(id);
      else byPrefix.set(prefix, [id]);
    }
    return [...byPrefix].flatMap(([prefix, tensors]) => {
      const others = othersOf(prefix, byPrefix);
      const originals = others && originalsOf(tree, tensors, prefix, others, isWeight);
      return originals ? [{ path: joined(dict.path, prefix), originals, tensors }] : [];
    });
  });
}

/** Tensors under other prefixes that those under this one may be copies of. */
function othersOf(prefix: string, byPrefix: ReadonlyMap<string, readonly TensorId[]>): readonly TensorId[] | undefined {
  const name = /^(teacher|target)(_\w+)?$/i.exec(prefix);
  if (name) return byPrefix.get(`${pairs.get(at(name, 1).toLowerCase())}${name[2] ?? ''}`);
  if (!flatCopyName.test(prefix)) return undefined;
  return [...byPrefix].flatMap(([other, ids]) => (flatCopyName.test(other) ? [] : ids));
}

/** @returns undefined where a matrix is a copy of none */
function originalsOf(
  tree: DictTree,
  tensors: readonly TensorId[],
  prefix: string,
  others: readonly TensorId[],
  isWeight: (id: TensorId) => boolean,
): Map<TensorId, TensorId> | undefined {
  /** By name without dots, as it is and without its first part. */
  const named = new Map<string, TensorId>();
  for (const id of others) {
    const key = at(tree.keys, id);
    for (const name of [key, key.slice(key.indexOf('.') + 1)]) {
      const plain = name.replaceAll('.', '');
      if (!named.has(plain)) named.set(plain, id);
    }
  }
  const originals = new Map<TensorId, TensorId>();
  let matrices = 0;
  for (const id of tensors) {
    const original = named.get(
      at(tree.keys, id)
        .slice(prefix.length + 1)
        .replaceAll('.', ''),
    );
    const { shape } = at(tree.tensors, id);
    const isAlike = original !== undefined && shape.join() === at(tree.tensors, original).shape.join();
    if (isAlike) originals.set(id, original);
    if (!tree.isMatrix(id) || !isWeight(id)) continue;
    if (!isAlike) return undefined;
    matrices++;
  }
  return matrices > 0 ? originals : undefined;
}

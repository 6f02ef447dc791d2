/**
 * Which of a checkpoint's dicts are models, and which tensors are none of a model's: moments, gradients and masks under
 * the names of weights. Formats say what they know (`kind: 'optimizer'`); names, shapes and neighbours say the rest.
 */

import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { namedMasks } from './dicts/dictMasks';
import { type Dict, DictTree, isWithin } from './dicts/dictTree';
import { copyName, type FlatCopy, flatCopies, modelDicts } from './dicts/modelDicts';
import { trainingState } from './dicts/moments';
import { isFloat } from './dtype';
import { maskedPairs } from './reparametrised';
import type { TensorId, TensorInfo } from './tensor';

export interface Model {
  /** `TensorInfo.model` of its tensors: where it sits in the file. '' where it is the only one, or the outermost dict. */
  readonly id: string;
  /** The model, before it in the file or better called the original, that has the same names and shapes. */
  readonly twinOf?: string;
  /** Whether its name says that it is a copy made in training (an average, a teacher). */
  readonly isCopy: boolean;
}

export interface Sorted {
  /** As given, with kinds and models set. */
  readonly tensors: readonly TensorInfo[];
  /** In the order of the file; at least one. */
  readonly models: readonly Model[];
  /** Of each tensor its name in its model: equal in twins. */
  readonly namesInModels: readonly string[];
  /** Masks and the weights they belong to, as far as names and shapes tell. */
  readonly maskOf: ReadonlyMap<TensorId, TensorId>;
}

/** What the values of tensors say about masks. */
export interface MasksByContent {
  /** Called masks, and none. */
  readonly refuted: ReadonlySet<TensorId>;
  /** Masks, and the weights they belong to. */
  readonly found: ReadonlyMap<TensorId, TensorId>;
}

const notMeasured: MasksByContent = { refuted: new Set(), found: new Map() };
const soft = { kind: 'parameter', because: 'called a mask, but holds other numbers than 0 and 1' } as const;

/** @param isGraph containers are the subgraphs of one model, and names are the graph's */
export function sortModels(
  tensors: readonly TensorInfo[],
  isGraph = false,
  { refuted, found }: MasksByContent = notMeasured,
): Sorted {
  const tree = new DictTree(tensors);
  const pairs = maskedPairs(tensors);
  if (isGraph) return oneModel(tensors, tree, new Map(pairs.map(({ mask, orig }) => [mask, orig])));
  const states = trainingState(tree);
  const isNoWeight = (id: TensorId) => states.has(id) || at(tensors, id).kind === 'optimizer';
  const named = namedMasks(tree, (id) => isFloat(at(tensors, id).dtype) && !isNoWeight(id));
  const maskOf = new Map([
    ...[...named].filter(([mask]) => !refuted.has(mask)),
    ...found,
    ...pairs.map(({ mask, orig }) => [mask, orig] as const),
  ]);
  const isWeight = (id: TensorId) => !isNoWeight(id) && !maskOf.has(id) && !refuted.has(id);
  const flat = flatCopies(tree, isWeight);
  const copies = new Map<TensorId, { copy: FlatCopy; original?: TensorId }>();
  for (const copy of flat) {
    for (const id of copy.tensors) {
      const original = copy.originals.get(id);
      copies.set(id, { copy, ...(original === undefined ? {} : { original }) });
    }
  }
  const dicts = modelDicts(tree, isWeight);
  const paths = dicts.map(({ path }, id) => copies.get(id)?.copy.path ?? path);
  const names = namesInModels(tree, dicts, copies);
  const isOwn = (id: TensorId) => copies.has(id) || isWithin(at(tensors, id).container, at(paths, id));
  const models = modelsOf(tensors, paths, names, (id) => tree.isMatrix(id) && isWeight(id) && isOwn(id));
  const isOne = models.length < 2;
  const sorted = tensors.map((tensor, id): TensorInfo => {
    const state = states.get(id);
    const weights = maskOf.get(id);
    const model = isOne || isNoWeight(id) ? {} : { model: at(paths, weights ?? id) };
    if (state) return { ...withoutMeaning(tensor), kind: 'optimizer', ...state };
    if (weights !== undefined) return { ...asMask(tensor, at(tensors, weights)), ...model };
    if (refuted.has(id)) return { ...withoutMeaning(tensor), ...soft, ...model };
    const original = copies.get(id)?.original;
    return original === undefined
      ? { ...tensor, ...model }
      : { ...asOriginal(tensor, at(tensors, original)), ...model };
  });
  return { tensors: sorted, models: isOne ? [{ id: '', isCopy: false }] : models, namesInModels: names, maskOf };
}

function oneModel(tensors: readonly TensorInfo[], tree: DictTree, maskOf: ReadonlyMap<TensorId, TensorId>): Sorted {
  const names = tensors.map((_, id) => at(tree.keys, id));
  const sorted = tensors.map((tensor, id) => {
    const weights = maskOf.get(id);
    return weights === undefined ? tensor : asMask(tensor, at(tensors, weights));
  });
  return { tensors: sorted, models: [{ id: '', isCopy: false }], namesInModels: names, maskOf };
}

/** Without axes: what is no weight has no outputs. */
function withoutMeaning({ axes: _, because: __, ...tensor }: TensorInfo): TensorInfo {
  return tensor;
}

/** The mask of some weights. */
export function asMask<T extends Pick<TensorInfo, 'kind' | 'because' | 'axes'>>(
  tensor: T,
  weights: { readonly name: string },
): T {
  const { axes: _, ...rest } = tensor;
  return { ...rest, kind: 'mask', because: `of ${weights.name.replace(/_orig$/, '')}` } as T;
}

/** A copy whose own name may tell less. */
function asOriginal(tensor: TensorInfo, { kind, axes, name }: TensorInfo): TensorInfo {
  return { ...tensor, kind, because: `a copy of ${name}`, ...(axes && { axes }) };
}

function namesInModels(
  tree: DictTree,
  models: readonly Dict[],
  copies: ReadonlyMap<TensorId, { readonly copy: FlatCopy; readonly original?: TensorId }>,
): string[] {
  const nameOf = (id: TensorId) => {
    const model = at(models, id);
    return tree.pathBelow(isWithin(at(tree.tensors, id).container, model.path) ? model : tree.root, id);
  };
  return models.map((_, id) => {
    const found = copies.get(id);
    if (!found) return nameOf(id);
    return found.original === undefined ? at(tree.keys, id) : nameOf(found.original);
  });
}

/** Earlier models that one may be the twin of: more are not tried. */
const triedModels = 64;

/** Models with at least one matrix; twins have the same matrices, by name and shape. */
function modelsOf(
  tensors: readonly TensorInfo[],
  paths: readonly string[],
  names: readonly string[],
  isMatrix: (id: TensorId) => boolean,
): Model[] {
  /** By model: shapes by name. */
  const matrices = new Map<string, Map<string, string>>();
  paths.forEach((path, id) => {
    if (isMatrix(id)) getOrInsert(matrices, path, () => new Map()).set(at(names, id), at(tensors, id).shape.join());
  });
  /** By number of matrices: groups of twins. */
  const groups = new Map<number, string[][]>();
  for (const [path, own] of matrices) {
    const ofSize = getOrInsert(groups, own.size, () => []);
    const twins = ofSize.slice(-triedModels).find((group) => isSame(own, known(matrices, at(group, 0))));
    if (twins) twins.push(path);
    else ofSize.push([path]);
  }
  const twinOf = new Map<string, string>();
  for (const group of [...groups.values()].flat()) {
    const original = group.find((path) => !isCopyPath(path)) ?? at(group, 0);
    for (const path of group) if (path !== original) twinOf.set(path, original);
  }
  return [...matrices.keys()].map((id) => {
    const twin = twinOf.get(id);
    return { id, isCopy: isCopyPath(id), ...(twin === undefined ? {} : { twinOf: twin }) };
  });
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  for (const [name, shape] of a) if (b.get(name) !== shape) return false;
  return a.size === b.size;
}

function isCopyPath(path: string): boolean {
  return path.split('.').some((part) => copyName.test(part));
}

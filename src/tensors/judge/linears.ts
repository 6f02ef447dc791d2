/** Matrices in a state dict of PyTorch's: which are linear layers, and which way round they lie. */
import { axesAt } from '../axes';
import type { Judgement } from './judgement';
import { biasOf, type Entry, isNamedWeight, type Module, type StateDict } from './stateDict';
import { productBlocks, products, shortProducts } from './words';

export function linearOf(entry: Entry): Judgement | undefined {
  return byBias(entry) ?? (isNamedWeight(entry) ? (byName(entry) ?? byFlow(entry)) : undefined);
}

/** What adds a number to each output is a layer, whatever it is called; the length tells which axis counts outputs. */
function byBias(entry: Entry): Judgement | undefined {
  const bias = biasOf(entry);
  if (bias?.shape.length !== 1) return undefined;
  const [length] = bias.shape;
  const [rows, columns] = entry.shape;
  if (length === rows && (rows !== columns || !isTurned(entry))) {
    return { kind: 'linear', because: `has a bias of ${length}`, axes: axesAt(0, 1) };
  }
  if (length !== columns) return undefined;
  return { kind: 'linear', because: `has a bias of ${length} along its last dimension`, axes: axesAt(1, 0) };
}

/** Layers of GPT-2 (transformers' Conv1D) keep (inputs, outputs): a square one lies as those beside it. */
const turnedNames = /^(c_attn|c_proj|c_fc|q_attn)$/;

/** By dict: looked through once, however many such layers a file claims. */
const turnedDicts = new WeakMap<StateDict, boolean>();

function isTurned({ path: { owners }, dict }: Entry): boolean {
  if (!turnedNames.test(owners[0] ?? '')) return false;
  const isKnown = turnedDicts.get(dict);
  if (isKnown !== undefined) return isKnown;
  const isTurned = dict.modules.some((module) => turnedNames.test(lastPart(module.path)) && liesTurned(module));
  turnedDicts.set(dict, isTurned);
  return isTurned;
}

function liesTurned({ tensors }: Module): boolean {
  const weight = tensors.get('weight');
  const bias = tensors.get('bias');
  if (weight?.shape.length !== 2 || bias?.shape.length !== 1) return false;
  return weight.shape[1] === bias.shape[0] && weight.shape[0] !== weight.shape[1];
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function byName(entry: Entry): Judgement | undefined {
  const { leaf, owners } = entry.path;
  const [owner] = owners;
  const axes = axesAt(0, 1);
  const said = leaf.endsWith('_weight') ? leaf : owner;
  if (said !== undefined && (products.test(said) || shortProducts.test(said))) {
    return { kind: 'linear', because: `named ${said}`, axes };
  }
  const block = owners.find((each) => productBlocks.test(each));
  return block === undefined ? undefined : { kind: 'linear', because: `a matrix in ${block}`, axes };
}

/** In a row of layers: what takes exactly the outputs of the layer before it, or gives the inputs of the one behind. */
function byFlow(entry: Entry): Judgement | undefined {
  const [outputs, inputs] = entry.shape;
  if (outputs === inputs) return undefined;
  const [before, behind] = [layerBeside(entry, -1), layerBeside(entry, 1)];
  const axes = axesAt(0, 1);
  if (before && before.shape[0] === inputs && before.shape[1] !== inputs) {
    return { kind: 'linear', because: `takes the ${inputs} outputs of ${before.name}`, axes };
  }
  if (behind && behind.shape[1] === outputs && behind.shape[0] !== outputs) {
    return { kind: 'linear', because: `gives ${behind.name} its ${outputs} inputs`, axes };
  }
  return undefined;
}

/** Past what has no matrix (norms, activations): a few steps. */
const reach = 4;

/** The weight of the next layer of the row. */
function layerBeside({ module, dict }: Entry, step: -1 | 1): Entry | undefined {
  let next = dict.inRow(module, step);
  for (let steps = 0; next && steps < reach; steps++) {
    const weight = next.tensors.get('weight');
    if (weight && weight.shape.length > 1) return weight;
    next = dict.inRow(next, step);
  }
  return undefined;
}

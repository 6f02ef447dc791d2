/** Where what a model is fed with goes: the layers that all of it has to pass, and those that give the model's outputs. */
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { type GraphNode, type ModelGraph, standardDomain } from '../tensors/graph/graph';
import { lookUp, type Scope, scopesOf } from '../tensors/graph/scopes';
import type { TensorId } from '../tensors/tensor';
import { ownersOf, ownReader, sortedNodes } from './order';
import { weightUses } from './weightUses';

export interface Ways {
  /** Weights that all must pass: without them the outputs are the same whatever goes in. */
  readonly onlyWays: readonly TensorId[];
  /** Weights whose outputs are the model's, as they are or through operators without weights: classes, boxes, pixels. */
  readonly heads: readonly TensorId[];
}

/** Operators whose result does not depend on their input where their weights are zero. */
const products: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
/** Where branches come together: behind them stands more than one layer. */
const sums: ReadonlySet<string> = new Set(['Add', 'Sum', 'Sub']);

/** @param isLayer whether a tensor is the weight of a convolution or a linear layer */
export function waysOf(model: ModelGraph, isLayer: (tensor: TensorId) => boolean): Ways {
  const scopes = scopesOf(model);
  const main = at(scopes, 0);
  const layers = new Map<GraphNode, TensorId[]>();
  for (const { node, tensor } of weightUses(model)) {
    if (isLayer(tensor)) getOrInsert(layers, node, () => []).push(tensor);
  }
  const passed = passedByAll(main, ownersOf(scopes));
  const onlyWays = [...layers].flatMap(([node, tensors]) => (passed.has(node) && isProduct(node, main) ? tensors : []));
  return { onlyWays, heads: headsOf(main, layers) };
}

/** It multiplies one thing that the model is fed with by weights. */
function isProduct({ opType, domain, inputs }: GraphNode, scope: Scope): boolean {
  const fed = inputs.filter((name) => name !== '' && !lookUp(scope, name).constant);
  return products.has(opType) && standardDomain(domain) && fed.length === 1;
}

/** Nodes that lie on every way from what the model is fed with to its outputs: nothing leads past their place. */
function passedByAll(scope: Scope, owners: ReadonlyMap<Scope, GraphNode>): ReadonlySet<GraphNode> {
  const nodes = sortedNodes(scope, owners);
  const positions = new Map(nodes.map((node, position) => [node, position]));
  const end = nodes.length;
  /** By place, that of the inputs first: the places that read what comes from there. */
  const readers: number[][] = Array.from({ length: end + 1 }, () => []);
  for (const { producer, constant, uses } of scope.values.values()) {
    if (constant) continue;
    const from = producer ? (positions.get(producer) ?? -1) : -1;
    for (const use of uses) {
      const reader = ownReader(use.node, use.scope, scope, owners);
      const to = reader && positions.get(reader);
      if (to === undefined) continue;
      // Nothing is told of a graph that waits for itself.
      if (to <= from) return new Set();
      at(readers, from + 1).push(to);
    }
  }
  for (const { name } of scope.graph.outputs) {
    const { producer, constant } = lookUp(scope, name);
    if (!constant) at(readers, (producer ? (positions.get(producer) ?? -1) : -1) + 1).push(end);
  }
  const reaches = new Uint8Array(end + 1);
  reaches[end] = 1;
  for (let place = end - 1; place >= 0; place--) {
    if (at(readers, place + 1).some((to) => reaches[to] === 1)) reaches[place] = 1;
  }
  const isFed = new Uint8Array(end + 1);
  /** By place: how many more ways begin to lead past it there than end. */
  const past = new Int32Array(end + 2);
  for (let place = -1; place < end; place++) {
    if (place >= 0 && isFed[place] === 0) continue;
    for (const to of at(readers, place + 1)) {
      if (reaches[to] === 0) continue;
      isFed[to] = 1;
      past[place + 1] = (past[place + 1] ?? 0) + 1;
      past[to] = (past[to] ?? 0) - 1;
    }
  }
  const passed = new Set<GraphNode>();
  let ways = 0;
  nodes.forEach((node, place) => {
    ways += past[place] ?? 0;
    if (ways === 0 && isFed[place] === 1 && reaches[place] === 1) passed.add(node);
  });
  return passed;
}

/** Back from the outputs to the first layers on the way. */
function headsOf(scope: Scope, layers: ReadonlyMap<GraphNode, readonly TensorId[]>): TensorId[] {
  const heads = new Set<TensorId>();
  const seen = new Set<GraphNode>();
  const names = scope.graph.outputs.map(({ name }) => name);
  // The list grows while it is walked.
  for (const name of names) {
    const { producer, constant } = lookUp(scope, name);
    if (!producer || constant || seen.has(producer)) continue;
    seen.add(producer);
    const own = layers.get(producer);
    if (own) {
      for (const tensor of own) heads.add(tensor);
      continue;
    }
    const fed = producer.inputs.filter((input) => input !== '' && !lookUp(scope, input).constant);
    if (sums.has(producer.opType) && fed.length > 1) continue;
    names.push(...fed);
  }
  return [...heads];
}

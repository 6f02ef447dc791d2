/** Network order: that in which a model uses its tensors, whatever the order in its file. */
import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { GraphNode, ModelGraph } from '../tensors/graph/graph';
import { type Scope, scopesOf } from '../tensors/graph/scopes';
import { type TensorUse, usesOf } from '../tensors/graph/uses';
import type { TensorId } from '../tensors/tensor';

/**
 * @param count of the checkpoint's tensors
 * @returns all of them by their first use as a weight, or by any use; those that nothing uses last, in the order of the file
 */
export function orderOfUse(model: ModelGraph, count: number): TensorId[] {
  const scopes = scopesOf(model);
  const positions = positionsOf(scopes);
  const earlier = (a: TensorUse, b: TensorUse) => comparePaths(a, b, positions);
  const firstUse = new Map<TensorId, TensorUse>();
  for (const [tensor, { uses }] of usesOf(scopes)) {
    const asWeight = uses.filter(({ purpose }) => purpose);
    const [first] = (asWeight.length > 0 ? asWeight : [...uses]).sort(earlier);
    if (first) firstUse.set(tensor, first);
  }
  const used = [...firstUse].sort(([a, useOfA], [b, useOfB]) => earlier(useOfA, useOfB) || a - b);
  const unused = Array.from({ length: count }, (_, tensor) => tensor).filter((tensor) => !firstUse.has(tensor));
  return [...used.map(([tensor]) => tensor), ...unused];
}

function comparePaths(a: TensorUse, b: TensorUse, positions: ReadonlyMap<GraphNode, number>): number {
  const length = Math.min(a.path.length, b.path.length);
  for (let i = 0; i < length; i++) {
    const difference = known(positions, at(a.path, i)) - known(positions, at(b.path, i));
    if (difference !== 0) return difference;
  }
  return a.path.length - b.path.length || a.input - b.input;
}

/** The node that each graph sits in. */
export function ownersOf(scopes: readonly Scope[]): Map<Scope, GraphNode> {
  const owners = new Map<Scope, GraphNode>();
  for (const { bodies } of scopes) {
    for (const [node, inner] of bodies) for (const body of inner) if (body.outer) owners.set(body, node);
  }
  return owners;
}

/** Of every node: those within a node, and of a function it is the first to call, come right behind it. */
function positionsOf(scopes: readonly Scope[]): Map<GraphNode, number> {
  const owners = ownersOf(scopes);
  const positions = new Map<GraphNode, number>();
  const entered = new Set<Scope>();
  const stack: Iterator<GraphNode>[] = [];
  const within: Scope[] = [];
  const enter = (scope: Scope) => {
    if (entered.has(scope)) return;
    entered.add(scope);
    within.push(scope);
    stack.push(sortedNodes(scope, owners).values());
  };
  for (const root of scopes) {
    enter(root);
    for (let nodes = stack.at(-1); nodes !== undefined; nodes = stack.at(-1)) {
      const next = nodes.next();
      if (next.done) {
        stack.pop();
        within.pop();
        continue;
      }
      positions.set(next.value, positions.size);
      const bodies = within.at(-1)?.bodies.get(next.value) ?? [];
      // The last to be entered is walked first.
      for (const body of bodies.toReversed()) enter(body);
    }
  }
  return positions;
}

/**
 * The nodes of a graph behind those whose results they use. ONNX asks files for that order, and then it stays; what waits for itself
 * comes last.
 * @param owners the node that a graph sits in
 */
export function sortedNodes(scope: Scope, owners: ReadonlyMap<Scope, GraphNode>): GraphNode[] {
  const { nodes } = scope.graph;
  const readers = new Map<GraphNode, GraphNode[]>();
  const awaited = new Map<GraphNode, number>();
  for (const { producer, uses } of scope.values.values()) {
    if (!producer) continue;
    for (const use of uses) {
      const reader = ownReader(use.node, use.scope, scope, owners);
      if (!reader) continue;
      getOrInsert(readers, producer, () => []).push(reader);
      awaited.set(reader, (awaited.get(reader) ?? 0) + 1);
    }
  }
  const passed = new Set<GraphNode>();
  const sorted = new Set<GraphNode>();
  for (const node of nodes) {
    passed.add(node);
    const ready = [node];
    // The list grows by nodes that stood too early.
    for (const each of ready) {
      if (awaited.get(each)) continue;
      sorted.add(each);
      for (const reader of readers.get(each) ?? []) {
        const rest = (awaited.get(reader) ?? 0) - 1;
        awaited.set(reader, rest);
        if (rest === 0 && passed.has(reader)) ready.push(reader);
      }
    }
  }
  return [...sorted, ...nodes.filter((node) => !sorted.has(node))];
}

/** The node of `scope` that a use is in: its own, or the one whose bodies it stands in. */
export function ownReader(node: GraphNode, from: Scope, scope: Scope, owners: ReadonlyMap<Scope, GraphNode>) {
  let reader: GraphNode | undefined = node;
  for (let at: Scope | undefined = from; reader && at && at !== scope; at = at.outer) reader = owners.get(at);
  return reader;
}

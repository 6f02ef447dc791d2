/** Which layers a repair fits, in which order: those that lost weights, and those that read what these changed. */
import { getOrInsert } from '../../lib/maps';
import type { Repair } from '../../pruning/repair';
import type { GraphNode } from '../../tensors/graph/graph';
import type { Target } from '../pairing';
import type { FitLayer, LayersOfGraph } from './layers';
import { Moments } from './moments';

export interface Plan {
  /** Layers of one stage do not depend on one another: they are fitted after one run of what leads to them. */
  readonly stages: readonly (readonly FitLayer[])[];
  readonly leftOut: Repair['leftOut'];
}

/** Of one layer, and of all that are fitted side by side: two sets of moments in f64. Enough for 5,400 inputs. */
export const momentBytes = 512 * 2 ** 20;

/** @param isChanged whether a target has other weights than the original */
export function planOf(graph: LayersOfGraph, isChanged: (target: Target) => boolean): Plan {
  const { dependencies } = graph;
  const leftOut: Repair['leftOut'][number][] = [];
  const leaveOut = ({ tensor }: Target, reason: string) =>
    leftOut.push({ tensor: tensor.id, name: tensor.name, reason });
  const layerOf = new Map(graph.layers.map((layer) => [layer.node, layer]));
  const changed = new Set(graph.nodesOf.flatMap(({ target, nodes }) => (isChanged(target) ? nodes : [])));
  /** Values that are others than in the original. */
  const moved = new Set<string>();
  const depths = new Map<string, number>();
  const byDepth = new Map<number, FitLayer[]>();
  const reached = new Set<GraphNode>();
  for (const node of dependencies.nodes) {
    const reads = dependencies.readsOf(node);
    const isReached = changed.has(node) || reads.some((name) => moved.has(name));
    let depth = Math.max(0, ...reads.map((name) => depths.get(name) ?? 0));
    if (isReached) {
      reached.add(node);
      const layer = layerOf.get(node);
      if (layer && momentBytesOf(layer) > momentBytes) leaveOut(layer.weight, tooLarge(layer));
      else if (layer) getOrInsert(byDepth, depth++, () => []).push(layer);
    }
    for (const name of node.outputs) {
      if (isReached) moved.add(name);
      depths.set(name, depth);
    }
  }
  for (const { target, reason, nodes } of graph.others) {
    if (isChanged(target) || nodes.some((node) => reached.has(node))) leaveOut(target, reason);
  }
  const inOrder = [...byDepth].sort(([a], [b]) => a - b);
  return { stages: inOrder.flatMap(([, layers]) => [...sharingMemory(layers)]), leftOut };
}

export function momentBytesOf({ inputs, outputs, groups, bias }: FitLayer): number {
  return 2 * groups * Moments.bytesOf(inputs + (bias ? 1 : 0), outputs / groups);
}

function tooLarge(layer: FitLayer): string {
  return `what is known of its ${layer.inputs} inputs would take ${Math.round(momentBytesOf(layer) / 2 ** 20)} MB`;
}

/** Side by side, as many as the memory for moments takes. */
export function* sharingMemory(layers: readonly FitLayer[]): Generator<FitLayer[]> {
  let stage: FitLayer[] = [];
  let bytes = 0;
  for (const layer of layers) {
    if (stage.length > 0 && bytes + momentBytesOf(layer) > momentBytes) {
      yield stage;
      stage = [];
      bytes = 0;
    }
    stage.push(layer);
    bytes += momentBytesOf(layer);
  }
  yield stage;
}

/** The checkpoint's weights where the graph uses them. */
import { type InputChannels, weightUses } from '../graph/weightUses';
import { getOrInsert } from '../lib/maps';
import type { GraphNode } from '../tensors/graph/graph';
import type { ModelInMemory } from './graph/modelInMemory';
import type { Target } from './pairing';

export interface LayerUse {
  readonly target: Target;
  readonly node: GraphNode;
  /** Axes of weights are those of the checkpoint's tensor. */
  readonly channels?: InputChannels;
}

/** One per target that a node of the main graph uses, in the order of nodes. */
export function layerUses({ tensors, operators }: ModelInMemory, targets: readonly Target[]): LayerUse[] {
  const targetsOf = new Map<Target['graph'] | undefined, Target[]>();
  for (const target of targets) getOrInsert(targetsOf, target.graph, () => []).push(target);
  return weightUses(operators).flatMap(({ tensor, node, channels }) =>
    (targetsOf.get(tensors[tensor]) ?? []).map((target) => {
      const turned = channels && target.transposed ? { ...channels, weightAxis: 1 - channels.weightAxis } : channels;
      return { target, node, ...(turned && { channels: turned }) };
    }),
  );
}

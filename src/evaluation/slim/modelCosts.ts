/** What the open model costs for one sample, node by node, and what zeros leave of it. */
import { costsOf, whole } from '../../graph/slim/costs';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { numelOf } from '../../tensors/tensor';
import type { Analysis } from './analysis';
import type { CostOfNode, ModelCosts } from './protocol';

/** @param bytes of the written model, perhaps with masks */
export function modelCosts({ model, contents, walk, samples, isParameter }: Analysis, bytes: Uint8Array): ModelCosts {
  const { nodes, macs, parameters } = costsOf(walk, whole, isParameter);
  /** Of each node what it multiplies with: biases and shapes have one axis. */
  const weights = new Map<number, { readonly name: string; readonly numel: number }[]>();
  for (const { name, shape, uses } of walk.weights) {
    if (shape.length < 2 || !isParameter(name)) continue;
    for (const { node } of uses) getOrInsert(weights, node, () => []).push({ name, numel: numelOf(shape) });
  }
  const shares = new Map<string, number>();
  const shareOf = (name: string) => getOrInsert(shares, name, () => shareLeft(model.numbersOf(bytes, name)));
  const costs = nodes
    .filter((each) => each.macs > 0 || each.parameters > 0)
    .map((each): CostOfNode => {
      const own = [...(weights.get(each.node) ?? [])].sort((a, b) => b.numel - a.numel);
      const numel = own.reduce((sum, weight) => sum + weight.numel, 0);
      // A product of two activations has no weight, and loses nothing.
      const share = numel === 0 ? 1 : own.reduce((sum, { name, numel: of }) => sum + of * shareOf(name), 0) / numel;
      const target = own[0] && model.targetsOf(own[0].name)[0];
      const { opType } = at(contents.graph.nodes, each.node);
      return {
        ...(target && { tensor: target.tensor.id }),
        ...{ node: each.node, operator: opType, macs: each.macs / samples, parameters: each.parameters },
        effective: (each.macs / samples) * share,
      };
    });
  const effective = costs.reduce((sum, each) => sum + each.effective, 0);
  return { nodes: costs, macs: macs / samples, effective, parameters };
}

function shareLeft(numbers: Float32Array | undefined): number {
  if (!numbers || numbers.length === 0) return 1;
  let left = 0;
  for (const value of numbers) if (value !== 0) left++;
  return left / numbers.length;
}

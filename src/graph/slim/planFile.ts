/** A plan held against the graph that it is for. */
import { CheckpointError } from '../../lib/errors';
import type { Graph } from '../../tensors/graph/graph';
import type { SlimPlan } from '../../tensors/graph/slimPlan';
import { constantsOf } from './shapes';

export { formatPlan, parsePlan } from '../../tensors/graph/slimPlan';

/**
 * @throws CheckpointError `invalid-recipe` where a plan was made for another graph: other nodes, other tensors, other shapes
 */
export function assertFits({ nodes, tensors, adjustments, constants = [] }: SlimPlan, graph: Graph): void {
  const refuse = (fault: string) =>
    new CheckpointError('invalid-recipe', `The plan is for another graph: ${fault}.`, {
      advice: 'A plan can be used on checkpoints of the model that it was made of.',
    });
  if (graph.nodes.length !== nodes) throw refuse(`it has ${nodes} nodes, this one has ${graph.nodes.length}`);
  const stored = new Map(constantsOf(graph).map(({ name: own, shape }) => [own, shape]));
  for (const { name: own, shape, uses } of tensors) {
    const here = stored.get(own);
    if (!here) throw refuse(`it has a tensor ${own}`);
    if (here.join() !== shape.join())
      throw refuse(`${own} is [${shape.join(', ')}] there and [${here.join(', ')}] here`);
    for (const { node, input } of uses) {
      if (!graph.nodes[node]?.inputs[input]) throw refuse(`its node ${node} reads ${own}`);
    }
  }
  for (const { node } of [...adjustments, ...constants]) if (!graph.nodes[node]) throw refuse(`it has a node ${node}`);
}

/** What a model costs: multiplications (MACs) for inputs of one shape, and parameters, by node and in all. */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import { numelOf } from '../../tensors/tensor';
import type { Shape } from './nodeView';
import { int } from './nodeView';
import { smallerShapes } from './plan';
import { smallerShape } from './reshaping';
import { constantsOf } from './shapes';
import type { Kept, Walk } from './walk';

export interface NodeCost {
  /** Position in the main graph. */
  readonly node: number;
  readonly macs: number;
  /** Of the tensors that it reads; several nodes may read one. */
  readonly parameters: number;
}

export interface Costs {
  readonly nodes: readonly NodeCost[];
  readonly macs: number;
  /** Each stored tensor once. */
  readonly parameters: number;
}

/** Nothing is gone. */
export const whole: Kept = { has: () => true, count: (slots) => slots.length };

/**
 * Of nodes whose shapes are known; pinned or not, products of two activations too. Additions, activations and norms are left out,
 * as everyone does.
 * @param isParameter whether a stored tensor counts: weights and biases do, shapes and indices do not
 */
export function costsOf(walk: Walk, kept: Kept, isParameter: (name: string) => boolean): Costs {
  const shapes = smallerShapes(walk, kept);
  const weights = new Map<string, Shape>();
  const stored = new Map<string, Map<string, number>>();
  for (const { name, shape, axes, uses } of walk.weights) {
    const smaller = smallerShape(shape, axes, kept);
    for (const { node, input } of uses) weights.set(`${node} ${input}`, smaller);
    // The same elements of one tensor are stored once.
    const elements = axes.map((slots) => (slots ? [...slots].map((slot) => (kept.has(slot) ? 1 : 0)).join('') : ''));
    const own = stored.get(name) ?? new Map<string, number>();
    stored.set(name, own.set(elements.join(), numelOf(smaller)));
  }
  const nodes = walk.contents.graph.nodes.map((node, position): NodeCost => {
    const shapeOf = (input: number) => weights.get(`${position} ${input}`) ?? shapes.get(node.inputs[input] ?? '');
    const parameters = node.inputs.reduce((sum, name, input) => {
      const shape = weights.get(`${position} ${input}`);
      return shape && isParameter(name) ? sum + numelOf(shape) : sum;
    }, 0);
    return { node: position, macs: macsOf(node, shapeOf, shapes.get(node.outputs[0] ?? '')), parameters };
  });
  const parameters = constantsOf(walk.contents.graph).reduce((sum, { name, shape }) => {
    if (!isParameter(name)) return sum;
    const copies = stored.get(name);
    return sum + (copies ? [...copies.values()].reduce((all, numel) => all + numel, 0) : numelOf(shape));
  }, 0);
  return { nodes, macs: nodes.reduce((sum, { macs }) => sum + macs, 0), parameters };
}

function macsOf(node: GraphNode, shapeOf: (input: number) => Shape | undefined, output: Shape | undefined): number {
  const [first, second, third] = [shapeOf(0), shapeOf(1), shapeOf(2)];
  if (!first || !second) return 0;
  switch (node.opType) {
    case 'Conv':
    case 'FusedConv':
      return output ? (numelOf(output) * numelOf(second)) / Math.max(1, at(second, 0)) : 0;
    case 'ConvTranspose':
      return (numelOf(first) * numelOf(second)) / Math.max(1, at(second, 0));
    case 'Gemm':
      return output ? numelOf(output) * at(first, 1 - int({ node }, 'transA', 0)) : 0;
    case 'MatMul':
      return output ? numelOf(output) * (first.at(-1) ?? 0) : 0;
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return at(first, 0) * at(first, 1) * (numelOf(second) + numelOf(third ?? [0]));
    default:
      return 0;
  }
}

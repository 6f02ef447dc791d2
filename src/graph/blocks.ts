/** Blocks that add to what passes by them: x + f(x), in residual networks and transformers. */
import { at } from '../lib/known';
import { type GraphNode, type ModelGraph, standardDomain } from '../tensors/graph/graph';
import { lookUp, type Scope, scopesOf } from '../tensors/graph/scopes';
import { ownersOf, sortedNodes } from './order';

/** One sum of a value and of what was computed of it. Values of the main graph, by name. */
export interface ResidualBlock {
  /** What goes around the branch, and into it. */
  readonly input: string;
  /** The sum; where nothing but an activation reads it, what that gives. */
  readonly output: string;
  /** Of the branch, in order of use. */
  readonly nodes: readonly GraphNode[];
}

/** After a sum of a residual network, before the next block. */
const activations: ReadonlySet<string> = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Clip',
  'Elu',
  'Selu',
  'HardSwish',
  'Gelu',
]);

/**
 * In order of use. What is added to itself through a projection of its own (a first block of a stage) goes around nothing, and is none.
 * @param hasWeights of a node: branches without any are none
 */
export function residualBlocks(model: ModelGraph, hasWeights: (node: GraphNode) => boolean): ResidualBlock[] {
  const scopes = scopesOf(model);
  const main = at(scopes, 0);
  const nodes = sortedNodes(main, ownersOf(scopes));
  const positions = new Map(nodes.map((node, position) => [node, position]));
  const placeOf = (name: string) => {
    const { producer } = lookUp(main, name);
    return producer ? (positions.get(producer) ?? -1) : -1;
  };
  return nodes.flatMap((sum): ResidualBlock[] => {
    const fed = sum.inputs.filter((name) => name !== '' && !lookUp(main, name).constant);
    const [one, other] = fed;
    if (!isSum(sum) || fed.length !== 2 || one === undefined || other === undefined) return [];
    // What was there first goes around.
    const [input, last] = placeOf(one) < placeOf(other) ? [one, other] : [other, one];
    // What the model is fed with is nobody's output.
    if (placeOf(input) < 0) return [];
    const branch = between(main, input, last, placeOf);
    if (!branch?.some(hasWeights)) return [];
    const inOrder = branch.sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
    return [{ input, output: activated(main, at(sum.outputs, 0)), nodes: inOrder }];
  });
}

function isSum({ opType, domain, outputs }: GraphNode): boolean {
  return (opType === 'Add' || opType === 'Sum') && standardDomain(domain) && outputs[0] !== undefined;
}

/** Nodes that lead from a value to a later one, nothing before the first among them; undefined where none does. */
function between(scope: Scope, from: string, to: string, placeOf: (name: string) => number): GraphNode[] | undefined {
  const first = placeOf(from);
  const found = new Set<GraphNode>();
  let isReached = false;
  const names = [to];
  // The list grows while it is walked.
  for (const name of names) {
    if (name === from) isReached = true;
    const { producer, constant } = lookUp(scope, name);
    if (!producer || constant || found.has(producer) || placeOf(name) <= first) continue;
    found.add(producer);
    names.push(...producer.inputs.filter((input) => input !== ''));
  }
  return isReached ? [...found] : undefined;
}

function activated(scope: Scope, sum: string): string {
  const { uses } = lookUp(scope, sum);
  const [only] = uses;
  const isLast = scope.graph.outputs.some(({ name }) => name === sum);
  if (!only || uses.length > 1 || isLast || only.scope !== scope || !activations.has(only.node.opType)) return sum;
  return only.node.outputs[0] ?? sum;
}

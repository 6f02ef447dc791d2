/** The shape of every value of a graph for inputs of one shape, and the numbers of those that are computed of shapes. */
import { type Constant, constantOf, type Graph, type GraphNode, isConstant, maxRank } from '../../tensors/graph/graph';
import { evaluated } from './arithmetic';
import type { NodeView, Shape } from './nodeView';
import { listOf, type Numbers } from './numbers';
import { outputShapes } from './shapeRules';

/** What the file says of a graph that its nodes alone do not. */
export interface GraphContents {
  readonly graph: Graph;
  /** Version of the standard operators. */
  readonly opset: number;
  /** Of small constants, by name. */
  readonly numbers: ReadonlyMap<string, Numbers>;
  /** Of attributes that have several floats, by node and name. */
  readonly floats: ReadonlyMap<GraphNode, ReadonlyMap<string, readonly number[]>>;
}

export interface Shapes {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly numbers: ReadonlyMap<string, Numbers>;
}

/**
 * @param inputs shapes of what the graph is fed with
 * @param measured shapes of inner values that a run showed: they go before rules
 */
export function shapesOf(
  contents: GraphContents,
  inputs: ReadonlyMap<string, Shape>,
  measured: ReadonlyMap<string, Shape> = new Map(),
): Shapes {
  const { graph } = contents;
  const shapes = new Map<string, Shape>(inputs);
  const numbers = new Map(contents.numbers);
  for (const { name, shape } of constantsOf(graph)) shapes.set(name, shape);
  for (const node of graph.nodes) {
    if (isConstant(node)) {
      const [name = ''] = node.outputs;
      const listed = integersOf(node);
      if (listed) {
        numbers.set(name, listed);
        shapes.set(name, listed.shape);
      }
      continue;
    }
    const view = viewOf(contents, node, shapes, numbers);
    const known = evaluated(view);
    known?.forEach((each, i) => {
      const name = node.outputs[i];
      if (name) numbers.set(name, each);
    });
    const given = known?.map(({ shape }) => shape) ?? outputShapes(view);
    node.outputs.forEach((name, i) => {
      const shape = measured.get(name) ?? given[i];
      if (name !== '' && shape) shapes.set(name, shape);
    });
  }
  return { shapes, numbers };
}

export function viewOf(
  { opset, floats }: Pick<GraphContents, 'opset' | 'floats'>,
  node: GraphNode,
  shapes: ReadonlyMap<string, Shape>,
  numbers: ReadonlyMap<string, Numbers>,
): NodeView {
  const of = <Value>(map: ReadonlyMap<string, Value>, input: number) => map.get(node.inputs[input] ?? '');
  return {
    node,
    opset,
    shape: (input) => of(shapes, input),
    numbers: (input) => of(numbers, input),
    floats: (attribute) => floats.get(node)?.get(attribute),
  };
}

/** Initializers, and what Constant nodes hold, by the names that the graph has for them. */
export function constantsOf<Tensor extends Constant = Constant>(
  graph: Graph,
): (Omit<Constant, 'name'> & { readonly name: string; readonly of: Tensor })[] {
  const stored = graph.initializers.map((of) => ({ ...of, of: of as Tensor }));
  const inNodes = graph.nodes.filter(isConstant).flatMap((node) => {
    const of = constantOf<Constant>(node);
    const [name] = node.outputs;
    return of && name ? [{ ...of, name, of: of as Tensor }] : [];
  });
  return [...stored, ...inNodes];
}

/** Of a Constant node that has them as an attribute. */
function integersOf({ attributes }: GraphNode): Numbers | undefined {
  const one = attributes.get('value_int')?.int;
  if (one !== undefined) return { shape: [], values: [one], whole: true };
  const several = attributes.get('value_ints')?.ints;
  // Longer lists are read in part.
  return several && several.length < maxRank ? listOf(several) : undefined;
}

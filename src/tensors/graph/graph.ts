/** A model's graph as its file says it: what is computed of what, and which of the file's tensors go into it. Words are ONNX's. */
import type { Dtype } from '../dtype';
import type { TensorId } from '../tensor';

export interface ModelGraph {
  readonly main: Graph;
  /** Bodies of functions. They stand alone, and what calls them hands over their inputs. */
  readonly functions: readonly Graph[];
  /** Version of the standard operators; absent where the file does not say. */
  readonly opset?: number;
  /** How to train it: not what it computes. */
  readonly training: readonly Graph[];
}

/** A graph with names of its own: the main one, one within a node, or a function's body. */
export interface Graph {
  readonly name: string;
  /** Of a function; with its name what nodes call it by. */
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: readonly Constant[];
  readonly sparseInitializers: readonly Constant[];
  readonly nodes: readonly GraphNode[];
  /** Of a function: attributes with the values they have where a call leaves them out. */
  readonly defaults?: GraphNode;
}

/** A size, or the name of one that is chosen at run time (`batch`), or '' where the file gives neither. */
export type Dimension = number | string;

/** Numpy's limit, which every ONNX tool in Python inherits. */
export const maxRank = 64;

/** What goes into a graph, or comes out. */
export interface ValueInfo {
  readonly name: string;
  /** Absent where the file does not say, or where it is no tensor. */
  readonly dtype?: Dtype;
  readonly shape?: readonly Dimension[];
}

/** A tensor of the file. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  /** The integers that it holds, where they are few: a shape, axes. */
  readonly ints?: readonly number[];
  /** Index in the checkpoint's tensors; absent where it is none of them. */
  readonly tensor?: TensorId;
}

/** An operator at its place in a graph. */
export interface GraphNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly overload: string;
  /** Names of values; '' where one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  /** In a function's body: the attribute of the calling node that it takes its value from. */
  readonly refersTo?: string;
  readonly int?: number;
  readonly text?: string;
  readonly ints: readonly number[];
  readonly tensor?: Constant;
  readonly sparse?: Constant;
  readonly graph?: Graph;
  readonly graphs: readonly Graph[];
}

export function standardDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** An integer attribute, or its default. Undefined where a function's body leaves it to the calling node. */
export function intOf(node: GraphNode, name: string, otherwise: number): number | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.refersTo ? undefined : (attribute?.int ?? otherwise);
}

/** A node of a function's body as a call makes it: with the call's attributes, or their defaults, where it refers to them. */
export function nodeInCall(node: GraphNode, body: Graph, call: GraphNode): GraphNode {
  const attributes = new Map(node.attributes);
  for (const [name, { refersTo }] of node.attributes) {
    if (!refersTo) continue;
    const given = call.attributes.get(refersTo) ?? body.defaults?.attributes.get(refersTo);
    if (given) attributes.set(name, given);
    else attributes.delete(name);
  }
  return { ...node, attributes };
}

export function isConstant({ opType, domain }: Pick<GraphNode, 'opType' | 'domain'>): boolean {
  return opType === 'Constant' && standardDomain(domain);
}

/** Attributes of a Constant node that hold its tensor, and so one of the file's. */
const constantAttributes = ['value', 'value_floats', 'value_float'];

/** The dense tensor of a Constant node; undefined where it is sparse, or integers of an attribute. */
export function constantOf<Tensor>(node: {
  readonly attributes: ReadonlyMap<string, { readonly tensor?: Tensor }>;
}): Tensor | undefined {
  for (const name of constantAttributes) {
    const tensor = node.attributes.get(name)?.tensor;
    if (tensor) return tensor;
  }
  return undefined;
}

interface WithGraphs<Body> {
  readonly name: string;
  readonly opType: string;
  readonly attributes: ReadonlyMap<string, { readonly graph?: Body; readonly graphs: readonly Body[] }>;
}

/** The graphs within a node, each with its place there: `then_branch`, `branches[2]`. */
export function* graphsIn<Body>({ attributes }: WithGraphs<Body>): Generator<{ graph: Body; place: string }> {
  for (const [name, { graph, graphs }] of attributes) {
    if (graph) yield { graph, place: name };
    for (const [i, each] of graphs.entries()) yield { graph: each, place: `${name}[${i}]` };
  }
}

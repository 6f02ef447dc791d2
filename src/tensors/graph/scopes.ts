/** Who reads which value: names of a graph, seen through subgraphs (which see outer names) and function calls. */
import type { TensorId } from '../tensor';
import { type Constant, constantOf, type Graph, type GraphNode, graphsIn, isConstant, type ModelGraph } from './graph';

/** A named value of one graph. */
export interface Value {
  readonly uses: Use[];
  /** The node that computes it. */
  producer?: GraphNode;
  /** Nothing that the model is fed with goes into it. */
  constant?: true;
  /** The file's tensor that it is. */
  tensor?: TensorId;
  /** Of a tensor of the file. */
  shape?: readonly number[];
  /** The integers that it is, where it is a small constant (a shape, axes). */
  ints?: readonly number[];
}

/** A value as an input of a node. */
export interface Use {
  readonly node: GraphNode;
  readonly input: number;
  readonly scope: Scope;
}

/** A graph with its place in the model. */
export interface Scope {
  readonly graph: Graph;
  /** The graph whose names it sees too. */
  readonly outer: Scope | undefined;
  readonly values: Map<string, Value>;
  /** Bodies that a node hands its inputs to, one by one. */
  readonly bodies: Map<GraphNode, Scope[]>;
}

/** All graphs of the model, outer ones before those inside them, the main one first, with every use of every value. */
export function scopesOf({ main, functions, training }: ModelGraph): Scope[] {
  const scopes: Scope[] = [];
  const called = new Map<string, Scope>();
  const add = (graph: Graph, outer?: Scope): Scope => {
    const scope = { graph, outer, values: new Map(), bodies: new Map() };
    scopes.push(scope);
    return scope;
  };
  add(main);
  for (const body of functions) called.set(callName(body.domain, body.name, body.overload), add(body));
  for (const graph of training) add(graph);
  // The list grows while it is walked.
  for (const scope of scopes) {
    define(scope);
    for (const node of scope.graph.nodes) {
      const bodies = [...graphsIn(node)].map(({ graph }) => add(graph, scope));
      const body = called.get(callName(node.domain, node.opType, node.overload));
      if (body) bodies.push(body);
      if (bodies.length > 0) scope.bodies.set(node, bodies);
    }
  }
  for (const scope of scopes) {
    for (const node of scope.graph.nodes) {
      node.inputs.forEach((name, input) => {
        if (name !== '') lookUp(scope, name).uses.push({ node, input, scope });
      });
    }
  }
  return scopes;
}

function callName(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}

/** The file's tensors that a graph names, with the names it has for them. */
export function* tensorsIn({ graph }: Scope): Generator<{ tensor: TensorId; name: string; shape: readonly number[] }> {
  const named = function* (name: string, constant: Constant | undefined) {
    if (constant?.tensor !== undefined) yield { tensor: constant.tensor, name, shape: constant.shape };
  };
  for (const each of graph.initializers) yield* named(each.name, each);
  for (const each of graph.sparseInitializers) yield* named(each.name, each);
  for (const node of graph.nodes.filter(isConstant)) {
    const name = node.outputs[0] ?? node.name;
    yield* named(name, constantOf<Constant>(node));
    yield* named(name, node.attributes.get('sparse_value')?.sparse);
  }
}

/** Enters what the graph itself names: constants, inputs and results. */
function define(scope: Scope): void {
  const { inputs, initializers, sparseInitializers, nodes } = scope.graph;
  for (const { name } of inputs) ownValue(scope, name);
  for (const each of sparseInitializers) setConstant(ownValue(scope, each.name), each);
  for (const each of initializers) setConstant(ownValue(scope, each.name), each);
  for (const node of nodes) {
    for (const name of node.outputs) ownValue(scope, name).producer = node;
  }
  for (const node of nodes) {
    const [result] = node.outputs;
    if (isConstant(node) && result !== undefined) {
      const tensor = constantOf<Constant>(node);
      const ints = node.attributes.get('value')?.tensor?.ints ?? intsOf(node);
      const shape = tensor?.shape ?? (ints && shapeOfInts(node, ints));
      setConstant(ownValue(scope, result), { shape, ints, tensor: tensor?.tensor });
    } else if (isOfConstants(scope, node)) {
      for (const name of node.outputs) setConstant(ownValue(scope, name));
    }
  }
}

function intsOf({ attributes }: GraphNode): readonly number[] | undefined {
  const number = attributes.get('value_int')?.int;
  return number === undefined ? attributes.get('value_ints')?.ints : [number];
}

function shapeOfInts({ attributes }: GraphNode, ints: readonly number[]): number[] {
  return attributes.has('value_int') ? [] : [ints.length];
}

/** Whether a node computes what could have been stored. Nodes stand behind those whose results they use. */
function isOfConstants(scope: Scope, node: GraphNode): boolean {
  const given = node.inputs.filter((name) => name !== '');
  const hasBodies = graphsIn(node).next().done !== true;
  return given.length > 0 && !hasBodies && given.every((name) => lookUp(scope, name).constant);
}

function ownValue(scope: Scope, name: string): Value {
  const value = scope.values.get(name) ?? { uses: [] };
  scope.values.set(name, value);
  return value;
}

type Stored = { readonly [Key in 'shape' | 'ints' | 'tensor']?: Value[Key] | undefined };

function setConstant(value: Value, { shape, ints, tensor }: Stored = {}): void {
  value.constant = true;
  if (shape) value.shape = shape;
  if (ints) value.ints = ints;
  if (tensor !== undefined) value.tensor = tensor;
}

/** The value that a name means in a graph: its own, else that of the nearest graph around it. */
export function lookUp(scope: Scope, name: string): Value {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const value = at.values.get(name);
    if (value) return value;
  }
  return ownValue(scope, name);
}

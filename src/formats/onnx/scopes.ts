/** Who reads which value: names of a graph, seen through subgraphs (which see outer names) and function calls. */
import { type GraphRecord, type ModelRecord, type NodeRecord, standardDomain } from './graphProto';
import { floatDataType, newTensor, type Scattered, smallInts, type TensorRecord } from './tensorProto';

/** A named value of one graph. */
export interface Value {
  readonly uses: Use[];
  /** The node that computes it. */
  producer?: NodeRecord;
  /** Nothing that the model is fed with goes into it. */
  constant?: true;
  /** Of a tensor of the file. */
  shape?: readonly number[];
  /** The integers that it is, where it is a small constant (a shape, axes). */
  ints?: readonly number[];
}

/** A value as an input of a node. */
export interface Use {
  readonly node: NodeRecord;
  readonly input: number;
  readonly scope: Scope;
}

/** A graph with its place in the model. */
export interface Scope {
  readonly graph: GraphRecord;
  /** Where it sits, for people: '' for the main graph, else `If_3.then_branch`, `my.domain.Block`, … */
  readonly container: string;
  /** The graph whose names it sees too. */
  readonly outer: Scope | undefined;
  readonly training: boolean;
  readonly values: Map<string, Value>;
  /** Bodies that a node hands its inputs to, one by one. */
  readonly bodies: Map<NodeRecord, Scope[]>;
}

/** Containers of deeply nested graphs are cut: they are for reading. */
const maxContainerLength = 200;

/** All graphs of the model, outer ones before those inside them, with every use of every value. */
export function scopesOf(model: ModelRecord): Scope[] {
  const scopes: Scope[] = [];
  const functions = new Map<string, Scope>();
  const add = (graph: GraphRecord, container: string, outer?: Scope, training = outer?.training ?? false): Scope => {
    const scope = {
      graph,
      container: container.slice(0, maxContainerLength),
      outer,
      training,
      values: new Map(),
      bodies: new Map(),
    };
    scopes.push(scope);
    return scope;
  };
  if (model.graph) add(model.graph, '');
  for (const body of model.functions) {
    const { domain, name, overload } = body;
    functions.set(callName(domain, name, overload), add(body, [domain, name].filter(Boolean).join('.')));
  }
  for (const graph of model.training) add(graph, 'training_info', undefined, true);
  // The list grows while it is walked.
  for (const scope of scopes) {
    define(scope);
    scope.graph.nodes.forEach((node, index) => {
      const bodies = subgraphsOf(scope, node, index).map(({ graph, container }) => add(graph, container, scope));
      const called = functions.get(callName(node.domain, node.opType, node.overload));
      if (called) bodies.push(called);
      if (bodies.length > 0) scope.bodies.set(node, bodies);
    });
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

function subgraphsOf(scope: Scope, node: NodeRecord, index: number): { graph: GraphRecord; container: string }[] {
  const found: { graph: GraphRecord; container: string }[] = [];
  for (const { name, graph, graphs } of node.attributes.values()) {
    if (!graph && graphs.length === 0) continue;
    const path = `${scope.container === '' ? '' : `${scope.container}/`}${node.name || `${node.opType}#${index}`}.${name}`;
    if (graph) found.push({ graph, container: path });
    graphs.forEach((each, i) => {
      found.push({ graph: each, container: `${path}[${i}]` });
    });
  }
  return found;
}

/** Enters what the graph itself names: constants, inputs and results. */
function define(scope: Scope): void {
  const { inputs, initializers, sparseInitializers, nodes } = scope.graph;
  for (const name of inputs) ownValue(scope, name);
  for (const { values, dims } of sparseInitializers) setConstant(ownValue(scope, values.name), dims);
  for (const tensor of initializers) setConstant(ownValue(scope, tensor.name), tensor.dims, smallInts(tensor));
  for (const node of nodes) {
    for (const name of node.outputs) ownValue(scope, name).producer = node;
  }
  for (const node of nodes) {
    const [result] = node.outputs;
    if (isConstant(node) && result !== undefined) {
      const tensor = node.attributes.get('value')?.tensor;
      const ints = tensor ? smallInts(tensor) : intsOf(node);
      setConstant(ownValue(scope, result), constantOf(node)?.dims ?? (ints && shapeOfInts(node, ints)), ints);
    } else if (isOfConstants(scope, node)) {
      for (const name of node.outputs) setConstant(ownValue(scope, name));
    }
  }
}

function intsOf({ attributes }: NodeRecord): readonly number[] | undefined {
  const number = attributes.get('value_int')?.int;
  return number === undefined ? attributes.get('value_ints')?.ints : [number];
}

function shapeOfInts({ attributes }: NodeRecord, ints: readonly number[]): number[] {
  return attributes.has('value_int') ? [] : [ints.length];
}

/** Whether a node computes what could have been stored. Nodes stand behind those whose results they use. */
function isOfConstants(scope: Scope, { inputs, attributes }: NodeRecord): boolean {
  const given = inputs.filter((name) => name !== '');
  const hasBodies = [...attributes.values()].some(({ graph, graphs }) => graph !== undefined || graphs.length > 0);
  return given.length > 0 && !hasBodies && given.every((name) => lookUp(scope, name).constant);
}

function ownValue(scope: Scope, name: string): Value {
  const value = scope.values.get(name) ?? { uses: [] };
  scope.values.set(name, value);
  return value;
}

function setConstant(value: Value, shape?: readonly number[], ints?: readonly number[]): void {
  value.constant = true;
  if (shape) value.shape = shape;
  if (ints) value.ints = ints;
}

export function isConstant({ opType, domain }: NodeRecord): boolean {
  return opType === 'Constant' && standardDomain(domain);
}

/** The dense tensor of a Constant node: its `value`, or the number or numbers of `value_float` and `value_floats`. */
export function constantOf(node: NodeRecord): TensorRecord | undefined {
  const tensor = node.attributes.get('value')?.tensor;
  if (tensor) return tensor;
  const numbers = node.attributes.get('value_floats');
  if (numbers) return floatTensor(numbers.floats, [numbers.floats.byteLength / 4]);
  const number = node.attributes.get('value_float')?.float;
  return number && floatTensor(number, []);
}

function floatTensor(floats: Scattered, dims: number[]): TensorRecord {
  return { ...newTensor(), dims, dataType: floatDataType, floats };
}

/** The value that a name means in a graph: its own, else that of the nearest graph around it. */
export function lookUp(scope: Scope, name: string): Value {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const value = at.values.get(name);
    if (value) return value;
  }
  return ownValue(scope, name);
}

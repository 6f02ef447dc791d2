/** The messages of an ONNX model that lead to tensors: model, graphs, functions, nodes and attributes (onnx.proto, IR version 14). */
import {
  newScattered,
  newTensor,
  type Scattered,
  type SparseRecord,
  scatter,
  sparseMessage,
  type TensorRecord,
  tensorMessage,
} from './tensorProto';
import { type FieldSpec, int, ints, type Message, type MessageType, message, text, texts } from './walk';
import { wireTypes } from './wire';

/** A graph, or a function's body. */
export interface GraphRecord {
  name: string;
  /** Of a function; with its name what nodes call it by. */
  domain: string;
  overload: string;
  readonly inputs: string[];
  readonly initializers: TensorRecord[];
  readonly sparseInitializers: SparseRecord[];
  readonly nodes: NodeRecord[];
  /** Of a function: attributes with the values they have where a call leaves them out. */
  defaults?: NodeRecord;
}

export interface NodeRecord {
  name: string;
  opType: string;
  domain: string;
  overload: string;
  readonly inputs: string[];
  readonly outputs: string[];
  /** By name. */
  readonly attributes: Map<string, AttributeRecord>;
}

export interface AttributeRecord {
  readonly node: NodeRecord;
  name: string;
  /** In a function's body: the attribute of the calling node that it takes its value from. */
  refersTo?: string;
  int?: number;
  text?: string;
  readonly ints: number[];
  /** Where the number of `f` is. */
  float?: Scattered;
  readonly floats: Scattered;
  tensor?: TensorRecord;
  sparse?: SparseRecord;
  graph?: GraphRecord;
  readonly graphs: GraphRecord[];
}

export interface ModelRecord {
  graph?: GraphRecord;
  readonly functions: GraphRecord[];
  /** The initialization and algorithm graphs of training_info. */
  readonly training: GraphRecord[];
}

/** Longest list of axes or sizes that is of use; the limit of a tensor's rank. */
const maxInts = 64;

function newGraph(): GraphRecord {
  return { name: '', domain: '', overload: '', inputs: [], initializers: [], sparseInitializers: [], nodes: [] };
}

function newSparse(): SparseRecord {
  return { values: newTensor(), dims: [] };
}

/** The item itself, once it is in the list. */
function added<Item>(list: Item[], item: Item): Item {
  list.push(item);
  return item;
}

/** The one message of a singular field: protobuf merges what occurs again. */
function once<Owner, Key extends keyof Owner>(
  owner: Owner,
  key: Key,
  make: () => NonNullable<Owner[Key]>,
): NonNullable<Owner[Key]> {
  const item = owner[key] ?? make();
  owner[key] = item;
  return item;
}

const valueInfoType: MessageType<string[]> = {
  name: 'ValueInfoProto',
  fields: new Map<number, FieldSpec<string[]>>([
    [
      1,
      {
        type: 'text',
        take(names, value) {
          names.push(value);
        },
      },
    ],
  ]),
};

const attributeType: MessageType<AttributeRecord> = {
  name: 'AttributeProto',
  fields: new Map<number, FieldSpec<AttributeRecord>>([
    [1, text('name')],
    [
      2,
      {
        type: 'place',
        take(attribute, field) {
          attribute.float = newScattered();
          scatter(attribute.float, field, wireTypes.fixed32);
        },
      },
    ],
    [3, int('int')],
    [4, text('text')],
    [5, message((attribute) => tensorMessage(once(attribute, 'tensor', newTensor)))],
    [6, message((attribute) => graphMessage(once(attribute, 'graph', newGraph)))],
    [
      7,
      {
        type: 'place',
        take(attribute, field) {
          scatter(attribute.floats, field, wireTypes.fixed32);
        },
      },
    ],
    [8, ints('ints', maxInts)],
    [11, message((attribute) => graphMessage(added(attribute.graphs, newGraph())))],
    [21, text('refersTo')],
    [22, message((attribute) => sparseMessage(once(attribute, 'sparse', newSparse)))],
  ]),
  finish(attribute) {
    attribute.node.attributes.set(attribute.name, attribute);
  },
};

function attributeMessage(node: NodeRecord): Message<unknown> {
  const state: AttributeRecord = { node, name: '', ints: [], floats: newScattered(), graphs: [] };
  return { type: attributeType, state };
}

const nodeType: MessageType<NodeRecord> = {
  name: 'NodeProto',
  fields: new Map<number, FieldSpec<NodeRecord>>([
    [1, texts('inputs')],
    [2, texts('outputs')],
    [3, text('name')],
    [4, text('opType')],
    [5, message(attributeMessage)],
    [7, text('domain')],
    [8, text('overload')],
  ]),
};

function newNode(): NodeRecord {
  return { name: '', opType: '', domain: '', overload: '', inputs: [], outputs: [], attributes: new Map() };
}

function nodeMessage(graph: GraphRecord): Message<unknown> {
  return { type: nodeType, state: added(graph.nodes, newNode()) };
}

const graphType: MessageType<GraphRecord> = {
  name: 'GraphProto',
  fields: new Map<number, FieldSpec<GraphRecord>>([
    [1, message(nodeMessage)],
    [2, text('name')],
    [5, message((graph) => tensorMessage(added(graph.initializers, newTensor())))],
    [11, message((graph) => ({ type: valueInfoType, state: graph.inputs }))],
    [15, message((graph) => sparseMessage(added(graph.sparseInitializers, newSparse())))],
  ]),
};

function graphMessage(state: GraphRecord): Message<unknown> {
  return { type: graphType, state };
}

const functionType: MessageType<GraphRecord> = {
  name: 'FunctionProto',
  fields: new Map<number, FieldSpec<GraphRecord>>([
    [1, text('name')],
    [4, texts('inputs')],
    [7, message(nodeMessage)],
    [10, text('domain')],
    [11, message((graph) => attributeMessage(once(graph, 'defaults', newNode)))],
    [13, text('overload')],
  ]),
};

const trainingType: MessageType<GraphRecord[]> = {
  name: 'TrainingInfoProto',
  fields: new Map<number, FieldSpec<GraphRecord[]>>([
    [1, message((graphs) => graphMessage(added(graphs, newGraph())))],
    [2, message((graphs) => graphMessage(added(graphs, newGraph())))],
  ]),
};

export const modelType: MessageType<ModelRecord> = {
  name: 'ModelProto',
  fields: new Map<number, FieldSpec<ModelRecord>>([
    [7, message((model) => graphMessage(once(model, 'graph', newGraph)))],
    [20, message((model) => ({ type: trainingType, state: model.training }))],
    [25, message((model) => ({ type: functionType, state: added(model.functions, newGraph()) }))],
  ]),
};

export function standardDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** A node of a function's body as a call makes it: with the call's attributes, or their defaults, where it refers to them. */
export function nodeInCall(node: NodeRecord, body: GraphRecord, call: NodeRecord): NodeRecord {
  const attributes = new Map(node.attributes);
  for (const [name, { refersTo }] of node.attributes) {
    if (!refersTo) continue;
    const given = call.attributes.get(refersTo) ?? body.defaults?.attributes.get(refersTo);
    if (given) attributes.set(name, given);
    else attributes.delete(name);
  }
  return { ...node, attributes };
}

/** An integer attribute, or its default. Undefined where a function's body leaves it to the calling node. */
export function intOf(node: NodeRecord, name: string, otherwise: number): number | undefined {
  const attribute = node.attributes.get(name);
  return attribute?.refersTo ? undefined : (attribute?.int ?? otherwise);
}

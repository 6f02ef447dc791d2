/** The messages of an ONNX model that lead to tensors: model, graphs, functions, nodes and attributes (onnx.proto, IR version 14). */
import type { Dtype } from '../../tensors/dtype';
import {
  type Attribute,
  type Dimension,
  type Graph,
  type GraphNode,
  type ModelGraph,
  maxRank,
  type ValueInfo,
} from '../../tensors/graph/graph';
import { type FieldSpec, int, ints, type Message, type MessageType, message, text, texts } from '../protobuf/walk';
import { wireTypes } from '../protobuf/wire';
import {
  dtypeOfCode,
  floatTensor,
  newScattered,
  newTensor,
  type Scattered,
  type SparseRecord,
  scatter,
  sparseMessage,
  type TensorRecord,
  tensorMessage,
} from './tensorProto';

/** A graph, or a function's body, as it is read. */
export interface GraphRecord extends Graph {
  name: string;
  domain: string;
  overload: string;
  readonly inputs: ValueRecord[];
  readonly outputs: ValueRecord[];
  readonly initializers: TensorRecord[];
  readonly sparseInitializers: SparseRecord[];
  readonly nodes: NodeRecord[];
  defaults?: NodeRecord;
}

interface ValueRecord extends ValueInfo {
  name: string;
  dtype?: Dtype;
  shape?: Dimension[];
}

export interface NodeRecord extends GraphNode {
  name: string;
  opType: string;
  domain: string;
  overload: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Map<string, AttributeRecord>;
}

export interface AttributeRecord extends Attribute {
  readonly node: NodeRecord;
  name: string;
  refersTo?: string;
  int?: number;
  text?: string;
  readonly ints: number[];
  /** Where the number of `f` is. */
  float?: Scattered;
  readonly floats: Scattered;
  /** Of `value_float` and `value_floats` too. */
  tensor?: TensorRecord;
  sparse?: SparseRecord;
  graph?: GraphRecord;
  readonly graphs: GraphRecord[];
}

export interface ModelRecord extends Omit<ModelGraph, 'main'> {
  /** Absent until it is found. */
  main?: GraphRecord;
  readonly functions: GraphRecord[];
  /** The initialization and algorithm graphs of training_info. */
  readonly training: GraphRecord[];
}

export type WholeModel = ModelRecord & Required<Pick<ModelRecord, 'main'>>;

function newGraph(): GraphRecord {
  const names = { name: '', domain: '', overload: '' };
  return { ...names, inputs: [], outputs: [], initializers: [], sparseInitializers: [], nodes: [] };
}

function newSparse(): SparseRecord {
  return { name: '', shape: [], values: newTensor() };
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

/** Named by the value that it is the shape of, where it stands last. */
const dimensionType: MessageType<Dimension[]> = {
  name: 'TensorShapeProto.Dimension',
  fields: new Map<number, FieldSpec<Dimension[]>>([
    [1, { type: 'int', take: (shape, size) => shape.splice(-1, 1, size) }],
    [2, { type: 'text', take: (shape, name) => shape.splice(-1, 1, name) }],
  ]),
};

const shapeType: MessageType<Dimension[]> = {
  name: 'TensorShapeProto',
  fields: new Map<number, FieldSpec<Dimension[]>>([
    [
      1,
      message((shape) => {
        if (shape.length <= maxRank) shape.push('');
        return { type: dimensionType, state: shape };
      }),
    ],
  ]),
};

const tensorTypeType: MessageType<ValueRecord> = {
  name: 'TypeProto.Tensor',
  fields: new Map<number, FieldSpec<ValueRecord>>([
    [
      1,
      {
        type: 'int',
        take(value, code) {
          value.dtype = dtypeOfCode(code);
        },
      },
    ],
    [2, message((value) => ({ type: shapeType, state: once(value, 'shape', () => []) }))],
  ]),
};

const typeType: MessageType<ValueRecord> = {
  name: 'TypeProto',
  fields: new Map<number, FieldSpec<ValueRecord>>([[1, message((state) => ({ type: tensorTypeType, state }))]]),
};

const valueInfoType: MessageType<ValueRecord> = {
  name: 'ValueInfoProto',
  fields: new Map<number, FieldSpec<ValueRecord>>([
    [1, text('name')],
    [2, message((state) => ({ type: typeType, state }))],
  ]),
};

function valueMessage(values: ValueRecord[]): Message<unknown> {
  return { type: valueInfoType, state: added(values, { name: '' }) };
}

/** The names of a function's inputs and outputs. */
function names(of: (graph: GraphRecord) => ValueRecord[]): FieldSpec<GraphRecord> {
  return { type: 'text', take: (graph, name) => of(graph).push({ name }) };
}

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
    [8, ints('ints', maxRank)],
    [11, message((attribute) => graphMessage(added(attribute.graphs, newGraph())))],
    [21, text('refersTo')],
    [22, message((attribute) => sparseMessage(once(attribute, 'sparse', newSparse)))],
  ]),
  finish(attribute) {
    const { name, float, floats } = attribute;
    if (name === 'value_float' && float) attribute.tensor = floatTensor(float, []);
    if (name === 'value_floats') attribute.tensor = floatTensor(floats, [floats.byteLength / 4]);
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
    [11, message((graph) => valueMessage(graph.inputs))],
    [12, message((graph) => valueMessage(graph.outputs))],
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
    [4, names(({ inputs }) => inputs)],
    [5, names(({ outputs }) => outputs)],
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
    [7, message((model) => graphMessage(once(model, 'main', newGraph)))],
    [20, message((model) => ({ type: trainingType, state: model.training }))],
    [25, message((model) => ({ type: functionType, state: added(model.functions, newGraph()) }))],
  ]),
};

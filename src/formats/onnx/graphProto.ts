/** The messages of an ONNX model that lead to tensors: model, graphs, functions, nodes and attributes (onnx.proto, IR version 14). */
import {
  type Attribute,
  type Graph,
  type GraphNode,
  type ModelGraph,
  maxRank,
  standardDomain,
} from '../../tensors/graph/graph';
import type { ByteRange } from '../../tensors/tensor';
import { type FieldSpec, int, ints, type Message, type MessageType, message, text, texts } from '../protobuf/walk';
import { type Field, rangeOf, wireTypes } from '../protobuf/wire';
import { graphFields, modelFields } from './fieldNumbers';
import {
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
import { type ValueRecord, valueMessage } from './valueInfo';

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
  /** Records of `value_info`, which is what files say of inner values: read where a shape changes. */
  readonly valueInfos: ByteRange[];
  defaults?: NodeRecord;
}

export interface NodeRecord extends GraphNode {
  /** Where it stands in the file, tag and length included. Absent for the one that holds a function's defaults. */
  readonly record: ByteRange | undefined;
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
  irVersion: number;
  opset?: number;
  readonly records: ModelRecords;
}

/** Where parts of the model stand in the file. */
export interface ModelRecords {
  /** Nearly always one. */
  readonly graph: { readonly record: ByteRange; readonly message: ByteRange }[];
  readonly irVersion: ByteRange[];
}

export function newModel(): ModelRecord {
  return { functions: [], training: [], irVersion: 0, records: { graph: [], irVersion: [] } };
}

export type WholeModel = ModelRecord & Required<Pick<ModelRecord, 'main'>>;

function newGraph(): GraphRecord {
  const names = { name: '', domain: '', overload: '' };
  return { ...names, inputs: [], outputs: [], initializers: [], sparseInitializers: [], nodes: [], valueInfos: [] };
}

function newSparse(): SparseRecord {
  return { name: '', shape: [], values: newTensor(), indices: newTensor() };
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

function newNode(record?: ByteRange): NodeRecord {
  // Written out: there may be a million, and objects that are put together of others take four times as long.
  return {
    record,
    name: '',
    opType: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    attributes: new Map(),
  };
}

function nodeMessage(graph: GraphRecord, at: Field): Message<unknown> {
  return { type: nodeType, state: added(graph.nodes, newNode(rangeOf(at))) };
}

const unreadType: MessageType<number> = { name: 'ValueInfoProto', fields: new Map() };

const graphType: MessageType<GraphRecord> = {
  name: 'GraphProto',
  fields: new Map<number, FieldSpec<GraphRecord>>([
    [graphFields.node, message(nodeMessage)],
    [graphFields.name, text('name')],
    [graphFields.initializer, message((graph, at) => tensorMessage(added(graph.initializers, newTensor(rangeOf(at)))))],
    [graphFields.input, message((graph, at) => valueMessage(graph.inputs, at))],
    [graphFields.output, message((graph, at) => valueMessage(graph.outputs, at))],
    [
      graphFields.valueInfo,
      // A message, though nothing of it is read: those are counted.
      message((graph, at) => ({ type: unreadType, state: graph.valueInfos.push(rangeOf(at)) })),
    ],
    [graphFields.sparseInitializer, message((graph) => sparseMessage(added(graph.sparseInitializers, newSparse())))],
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
    [11, message((graph) => attributeMessage(once(graph, 'defaults', () => newNode())))],
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

/** OperatorSetIdProto. */
interface OperatorSet {
  readonly model: ModelRecord;
  domain: string;
  version: number;
}
const operatorSetType: MessageType<OperatorSet> = {
  name: 'OperatorSetIdProto',
  fields: new Map<number, FieldSpec<OperatorSet>>([
    [1, text('domain')],
    [2, int('version')],
  ]),
  finish({ model, domain, version }) {
    if (standardDomain(domain)) model.opset = version;
  },
};

export const modelType: MessageType<ModelRecord> = {
  name: 'ModelProto',
  fields: new Map<number, FieldSpec<ModelRecord>>([
    [
      modelFields.irVersion,
      {
        type: 'int',
        take(model, version, at) {
          model.irVersion = version;
          model.records.irVersion.push(rangeOf(at));
        },
      },
    ],
    [
      modelFields.graph,
      message((model, { begin, start, end }) => {
        model.records.graph.push({ record: { start: begin, end }, message: { start, end } });
        return graphMessage(once(model, 'main', newGraph));
      }),
    ],
    [modelFields.opset, message((model) => ({ type: operatorSetType, state: { model, domain: '', version: 0 } }))],
    [modelFields.training, message((model) => ({ type: trainingType, state: model.training }))],
    [modelFields.function, message((model) => ({ type: functionType, state: added(model.functions, newGraph()) }))],
  ]),
};

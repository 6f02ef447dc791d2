/** Layers whose weights can be fitted: convolutions and products with a constant weight, each with its bias where that is free. */
import type { NodeRecord } from '../../formats/onnx/graphProto';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { isQuantised, isSparse } from '../../tensors/encodedElements';
import { type GraphNode, intOf, standardDomain } from '../../tensors/graph/graph';
import { scopesOf } from '../../tensors/graph/scopes';
import { type TensorUse, type TensorUses, usesOf } from '../../tensors/graph/uses';
import { type LayerKind, numelOf } from '../../tensors/tensor';
import type { ModelInMemory } from '../graph/modelInMemory';
import type { Target } from '../pairing';
import { Dependencies } from './dependencies';
import { type Convolution, convolutionOf } from './unfold';

/** A weight and what it is multiplied with. */
export interface FitLayer {
  readonly node: GraphNode;
  readonly weight: Target;
  /** The graph's tensor has inputs first: its columns are the layer's outputs. */
  readonly inputsFirst: boolean;
  /** Added to the product, one number an output. Absent: there is none, or it cannot be fitted. */
  readonly bias?: Target;
  /** Name of the bias that the layer's own output has in it: in Conv and Gemm. */
  readonly biasWithin?: string;
  /** Names of the values that go in, and that come out. */
  readonly activation: string;
  readonly output: string;
  readonly outputs: number;
  /** Of a group, unfolded: what one output is the product of. */
  readonly inputs: number;
  readonly groups: number;
  /** Absent: each row of the activation's last axis is a sample. */
  readonly convolution?: Convolution;
}

export interface LayersOfGraph {
  readonly dependencies: Dependencies;
  /** In the order of the graph. */
  readonly layers: readonly FitLayer[];
  /** Weights that cannot be fitted, each with why, and the nodes that use them. */
  readonly others: readonly {
    readonly target: Target;
    readonly reason: string;
    readonly nodes: readonly GraphNode[];
  }[];
  /** Of every target, the nodes that use it. */
  readonly nodesOf: readonly { readonly target: Target; readonly nodes: readonly GraphNode[] }[];
}

/** Every target that is a layer's weight is in one of the lists. */
export function layersOfGraph({ tensors, operators, bytes }: ModelInMemory, targets: readonly Target[]): LayersOfGraph {
  const scopes = scopesOf(operators);
  const dependencies = new Dependencies(operators, scopes);
  const uses = usesOf(scopes);
  const targetsOf = new Map<Target['graph'] | undefined, Target[]>();
  for (const target of targets) getOrInsert(targetsOf, target.graph, () => []).push(target);
  const inGraph = tensors.flatMap((tensor, id) => {
    const own = targetsOf.get(tensor) ?? [];
    const used = uses.get(id);
    return own.length > 0 && used ? [{ own, used }] : [];
  });
  const places = targets.map(({ tensor }) => tensor.id);
  const repeated = new Set(places.filter((id, i) => places.indexOf(id) !== i));
  const biases = new Map<string, Target>();
  for (const { own, used } of inGraph) {
    const [bias] = own;
    if (
      bias?.graph.initializer &&
      !bias.graph.encoding &&
      own.length === 1 &&
      used.uses.filter(readsValues).length === 1
    ) {
      biases.set(bias.graph.name, bias);
    }
  }
  const layers: FitLayer[] = [];
  const others: LayersOfGraph['others'][number][] = [];
  for (const { own, used } of inGraph) {
    for (const target of own.filter(({ graph }) => graph.shape.length > 1)) {
      const layer =
        own.length > 1 || repeated.has(target.tensor.id) ? tied : layerOf(target, used, biases, dependencies, bytes);
      if (typeof layer !== 'string') layers.push(layer);
      else if (weightKinds.has(target.tensor.kind)) others.push({ target, reason: layer, nodes: nodesOf(used) });
    }
  }
  const order = new Map(dependencies.nodes.map((node, place) => [node, place]));
  layers.sort((a, b) => (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0));
  const used = inGraph.flatMap(({ own, used }) => own.map((target) => ({ target, nodes: nodesOf(used) })));
  return { dependencies, layers, others, nodesOf: used };
}

/** Of the main graph. */
function nodesOf({ uses }: TensorUses): GraphNode[] {
  return uses.flatMap(({ path }) => path.slice(0, 1));
}

/** Of layers: biases of two dimensions, tables and constants are no loss to a repair. */
const weightKinds: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'unknown']);
const tied = 'several layers share it';

/** Some operators ask only for a tensor's shape or type. */
function readsValues({ node, input }: TensorUse): boolean {
  return node.opType !== 'Shape' && node.opType !== 'Size' && !(node.opType === 'CastLike' && input === 1);
}

/** The layer, or why it is none that can be fitted: a few words. */
function layerOf(
  weight: Target,
  { shape, uses }: TensorUses,
  biases: ReadonlyMap<string, Target>,
  dependencies: Dependencies,
  bytes: Uint8Array,
): FitLayer | string {
  const { encoding } = weight.graph;
  if (encoding && isQuantised(encoding)) return 'it is quantised: other values would need other scales';
  if (encoding && isSparse(encoding)) return 'it is sparse: the file has no place for other values';
  if (encoding) return 'the file has its halves as varints, in which others do not fit';
  const [use, ...more] = uses.filter(readsValues);
  if (!use) return 'nothing in the graph uses it';
  if (more.length > 0) return tied;
  const { node, path, flow, scope } = use;
  if (path.length > 1 || scope !== dependencies.main) return `it is used within ${at(path, 0).opType}`;
  const isProduct = standardDomain(node.domain) && ['Conv', 'Gemm', 'MatMul'].includes(node.opType);
  if (!isProduct || !use.purpose) return `${node.opType} uses it, which is no product that can be fitted`;
  if (flow.altered || flow.quantised) return 'the graph alters it before it is used';
  const swapped = isSwapped(use, shape);
  if (swapped === undefined) return 'the graph rearranges it before it is used';
  const layer = node.opType === 'Conv' ? ofConvolution(use, shape) : ofProduct(use, shape, swapped, bytes);
  if (typeof layer === 'string') return layer;
  const activation = node.inputs[0] ?? '';
  const output = node.outputs[0] ?? '';
  if (dependencies.isConstant(activation)) return 'its input does not depend on what the model is fed with';
  const bias = biasOf(node, layer.outputs, biases, dependencies, bytes);
  const isFree = bias.target && weight.match !== 'folded' && bias.target.match !== 'folded';
  return {
    ...layer,
    ...{ node, weight, activation, output },
    ...(bias.within !== undefined && { biasWithin: bias.within }),
    ...(isFree && bias.target && { bias: bias.target }),
  };
}

/** Whether the operator sees the stored matrix with its axes swapped; undefined where it sees something else. */
function isSwapped({ flow }: TensorUse, shape: readonly number[]): boolean | undefined {
  const order = flow.axes?.map(({ from, size }) => {
    const [axis, ...others] = from ?? [];
    return axis !== undefined && others.length === 0 && shape[axis] === size ? axis : -1;
  });
  if (order?.length !== shape.length) return undefined;
  if (order.every((axis, place) => axis === place)) return false;
  return order.length === 2 && order[0] === 1 && order[1] === 0 ? true : undefined;
}

type Sizes = Pick<FitLayer, 'inputsFirst' | 'outputs' | 'inputs' | 'groups' | 'convolution'>;

function ofConvolution({ node, input }: TensorUse, shape: readonly number[]): Sizes | string {
  if (input !== 1) return 'it is what is convolved';
  const convolution = convolutionOf(node, shape);
  const [outputs = 1, ...rest] = shape;
  if (!convolution || outputs % convolution.groups !== 0) return 'its convolution is not one that can be unfolded';
  return { inputsFirst: false, outputs, inputs: numelOf(rest), groups: convolution.groups, convolution };
}

function ofProduct(
  { node, input }: TensorUse,
  shape: readonly number[],
  swapped: boolean,
  bytes: Uint8Array,
): Sizes | string {
  if (shape.length !== 2) return 'it is a stack of matrices';
  if (input !== 1) return 'it stands on the left of the product';
  const isGemm = node.opType === 'Gemm';
  if (isGemm && intOf(node, 'transA', 0) !== 0) return 'its input is transposed';
  if (isGemm && !isOne(bytes, node, 'alpha')) return 'its product is scaled';
  const outputsFirst = (isGemm && intOf(node, 'transB', 0) === 1) !== swapped;
  const [first = 1, second = 1] = shape;
  const [outputs, inputs] = outputsFirst ? [first, second] : [second, first];
  return { inputsFirst: !outputsFirst, outputs, inputs, groups: 1 };
}

/** @returns `within`: the name of what the node itself adds; `target`: what may be fitted of what is added to the product */
function biasOf(
  node: GraphNode,
  outputs: number,
  biases: ReadonlyMap<string, Target>,
  dependencies: Dependencies,
  bytes: Uint8Array,
): { readonly within?: string; readonly target?: Target } {
  const own = node.opType === 'MatMul' ? '' : (node.inputs[2] ?? '');
  const added = own === '' && node.opType === 'MatMul' ? addedBehind(node, dependencies) : own;
  const target = added === undefined ? undefined : biases.get(added);
  const isVector = target && numelOf(target.graph.shape) === outputs && target.graph.shape.at(-1) === outputs;
  const isPlain = node.opType !== 'Gemm' || isOne(bytes, node, 'beta');
  return { ...(own !== '' && { within: own }), ...(target && isVector && isPlain && { target }) };
}

/** The constant that a product's only reader adds to it. */
function addedBehind({ outputs }: GraphNode, { main }: Dependencies): string | undefined {
  const [use, ...others] = main.values.get(outputs[0] ?? '')?.uses ?? [];
  if (!use || others.length > 0 || use.node.opType !== 'Add' || !standardDomain(use.node.domain)) return undefined;
  if (main.graph.outputs.some(({ name }) => name === outputs[0])) return undefined;
  return use.node.inputs[1 - use.input];
}

/** Whether a float attribute is 1, or left out where that means 1. */
function isOne(bytes: Uint8Array, node: GraphNode, name: string): boolean {
  const [place] = (node as NodeRecord).attributes.get(name)?.float?.segments ?? [];
  return !place || new DataView(bytes.buffer, bytes.byteOffset).getFloat32(place.start, true) === 1;
}

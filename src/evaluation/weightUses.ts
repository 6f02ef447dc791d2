/** The operator that uses a weight, and along which axes (onnx Operators.md). */
import { at } from '../lib/known';
import { type GraphNode, intOf, standardDomain } from '../tensors/graph/graph';
import type { ModelGraph } from './graph/modelGraph';
import type { Target } from './pairing';

/** A weight of the checkpoint where an operator reads it. */
export interface WeightUse {
  readonly target: Target;
  readonly node: GraphNode;
  /** Index of the input that it is. */
  readonly input: number;
  /** For each axis that the operator sees, the axis of the graph's tensor; undefined once it was reshaped. */
  readonly axes: readonly number[] | undefined;
}

/** Where a layer's input channels are: in the activation that the operator multiplies, and in its weight. */
export interface InputChannels {
  /** Name of the activation in the graph. */
  readonly activation: string;
  /** Its axis of channels; negative ones count from the last. */
  readonly activationAxis: number;
  /** The axis of the checkpoint's tensor that counts them, of one group. */
  readonly weightAxis: number;
  readonly groups: number;
}

/** Longer ways from a weight to its operator are not followed. */
const maxSteps = 8;
const unchanged: ReadonlySet<string> = new Set(['Identity', 'Cast', 'DequantizeLinear']);

/** One per target that an operator of the main graph uses, in the order of the graph. */
export function weightUses({ nodes }: ModelGraph, targets: readonly Target[]): WeightUse[] {
  const readers = new Map<string, { node: GraphNode; input: number; at: number }[]>();
  nodes.forEach((node, at) => {
    node.inputs.forEach((name, input) => {
      readers.set(name, [...(readers.get(name) ?? []), { node, input, at }]);
    });
  });
  const uses: { use: WeightUse; at: number }[] = [];
  for (const target of targets) {
    let name = target.graph.name;
    let axes: readonly number[] | undefined = target.graph.shape.map((_, axis) => axis);
    for (let step = 0; step < maxSteps; step++) {
      const reader = readers.get(name)?.[0];
      if (!reader) break;
      const { node, input, at } = reader;
      if (!isPassedOn(node, input)) {
        uses.push({ use: { target, node, input, axes }, at });
        break;
      }
      axes = axesBehind(node, axes);
      name = node.outputs[0] ?? '';
    }
  }
  return uses.sort((a, b) => a.at - b.at).map(({ use }) => use);
}

function isPassedOn({ opType, domain }: GraphNode, input: number): boolean {
  if (!standardDomain(domain) || input !== 0) return false;
  return unchanged.has(opType) || opType === 'Transpose' || opType === 'Reshape';
}

function axesBehind(node: GraphNode, axes: readonly number[] | undefined): readonly number[] | undefined {
  if (!axes || node.opType === 'Reshape') return undefined;
  if (node.opType !== 'Transpose') return axes;
  const { ints } = node.attributes.get('perm') ?? { ints: [] };
  const order = ints.length > 0 ? ints : axes.map((_, i) => axes.length - 1 - i);
  return order.map((axis) => at(axes, axis));
}

/** Undefined for operators that are no product of a weight and an activation. */
export function inputChannels({ target, node, input, axes }: WeightUse): InputChannels | undefined {
  if (!axes || !standardDomain(node.domain)) return undefined;
  const place = channelPlace(node, input, axes.length);
  const activation = place && node.inputs[place.operand];
  if (!place || !activation) return undefined;
  const graphAxis = at(axes, place.weightAxis);
  return {
    activation,
    activationAxis: place.activationAxis,
    weightAxis: target.transposed ? 1 - graphAxis : graphAxis,
    groups: place.groups,
  };
}

interface ChannelPlace {
  /** Index of the activation among the node's inputs. */
  readonly operand: number;
  readonly activationAxis: number;
  /** As the operator sees the weight. */
  readonly weightAxis: number;
  readonly groups: number;
}

function channelPlace(node: GraphNode, input: number, rank: number): ChannelPlace | undefined {
  const flag = (name: string) => intOf(node, name, 0) === 1;
  switch (node.opType) {
    case 'Conv':
      // (outputs, inputs / groups, …)
      return input === 1
        ? { operand: 0, activationAxis: 1, weightAxis: 1, groups: intOf(node, 'group', 1) ?? 1 }
        : undefined;
    case 'ConvTranspose':
      // (inputs, outputs / groups, …): the groups lie along the input axis itself.
      return input === 1 ? { operand: 0, activationAxis: 1, weightAxis: 0, groups: 1 } : undefined;
    case 'Gemm':
      if (input === 1) {
        return {
          operand: 0,
          activationAxis: flag('transA') ? -2 : -1,
          weightAxis: flag('transB') ? 1 : 0,
          groups: 1,
        };
      }
      return input === 0
        ? { operand: 1, activationAxis: flag('transB') ? -1 : -2, weightAxis: flag('transA') ? 0 : 1, groups: 1 }
        : undefined;
    case 'MatMul':
      if (rank !== 2) return undefined;
      return input === 1
        ? { operand: 0, activationAxis: -1, weightAxis: 0, groups: 1 }
        : { operand: 1, activationAxis: -2, weightAxis: 1, groups: 1 };
    default:
      return undefined;
  }
}

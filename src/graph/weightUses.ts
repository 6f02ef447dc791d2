/** Where the main graph uses the file's tensors, and what their input channels are multiplied with (onnx Operators.md). */

import { type GraphNode, intOf, type ModelGraph, standardDomain } from '../tensors/graph/graph';
import type { FlowAxis } from '../tensors/graph/regroup';
import { scopesOf } from '../tensors/graph/scopes';
import { type TensorUse, usesOf } from '../tensors/graph/uses';
import type { TensorId } from '../tensors/tensor';

/** A tensor of the file where a node of the main graph reads it, perhaps after it was rearranged. */
export interface WeightUse {
  readonly tensor: TensorId;
  /** One that calls a function stands for what is in it. */
  readonly node: GraphNode;
  /** Absent where the node is no plain product of a weight and an activation. */
  readonly channels?: InputChannels;
}

/** Where a layer's input channels are: in the activation that the operator multiplies, and in its weight. */
export interface InputChannels {
  /** Name of the activation in the graph. */
  readonly activation: string;
  /** Its axis of channels; negative ones count from the last. */
  readonly activationAxis: number;
  /** The axis of the stored tensor that counts them, of one group. */
  readonly weightAxis: number;
  readonly groups: number;
}

/** One for each tensor that the main graph uses, its first use as a weight where there is one. In the order of nodes. */
export function weightUses(model: ModelGraph): WeightUse[] {
  const positions = new Map(model.main.nodes.map((node, position) => [node, position]));
  const found: { readonly use: WeightUse; readonly position: number }[] = [];
  for (const [tensor, { shape, uses }] of usesOf(scopesOf(model))) {
    const within = uses.flatMap((use) => {
      const [node] = use.path;
      const position = node && positions.get(node);
      return node && position !== undefined ? [{ use, node, position }] : [];
    });
    const asWeight = within.filter(({ use }) => use.purpose);
    const [first] = (asWeight.length > 0 ? asWeight : within).sort((a, b) => a.position - b.position);
    if (!first) continue;
    const { use, node, position } = first;
    const channels = use.path.length === 1 ? inputChannels(use, shape) : undefined;
    found.push({ use: { tensor, node, ...(channels && { channels }) }, position });
  }
  return found.sort((a, b) => a.position - b.position).map(({ use }) => use);
}

function inputChannels(
  { node, input, flow, purpose }: TensorUse,
  stored: readonly number[],
): InputChannels | undefined {
  const [weightAxis, ...rest] = purpose?.axes?.inputs ?? [];
  const factor = factorOf(node, input, flow.axes?.length);
  const activation = factor && node.inputs[factor.input];
  if (!activation || weightAxis === undefined || rest.length > 0) return undefined;
  if (flow.altered || !flow.axes?.some((axis) => isWhole(axis, weightAxis, stored))) return undefined;
  return { activation, activationAxis: factor.axis, weightAxis, groups: groupsOf(node) };
}

/** Whether an axis that the operator sees is one of the stored tensor, from end to end. */
function isWhole({ size, from }: FlowAxis, axis: number, stored: readonly number[]): boolean {
  return from?.length === 1 && from[0] === axis && size === stored[axis];
}

/** What a weight is multiplied with: an input of the node, and the axis of it that is summed over. */
function factorOf(node: GraphNode, input: number, rank: number | undefined) {
  if (!standardDomain(node.domain)) return undefined;
  const isTurned = (name: string) => intOf(node, name, 0) === 1;
  switch (node.opType) {
    case 'Conv':
    case 'ConvTranspose':
      return input === 1 ? { input: 0, axis: 1 } : undefined;
    case 'Gemm':
    case 'MatMul':
      if (rank !== 2) return undefined;
      if (input === 1) return { input: 0, axis: isTurned('transA') ? -2 : -1 };
      return input === 0 ? { input: 1, axis: isTurned('transB') ? -1 : -2 } : undefined;
    default:
      return undefined;
  }
}

/** In a transposed convolution they lie along the axis of inputs itself. */
function groupsOf(node: GraphNode): number {
  return node.opType === 'Conv' ? (intOf(node, 'group', 1) ?? 1) : 1;
}

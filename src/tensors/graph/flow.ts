/** How weights pass through operators that only rearrange them, on their way to the one that uses them. */
import { at } from '../../lib/known';
import { type GraphNode, intOf, maxRank } from './graph';
import { type FlowAxis, regrouped } from './regroup';
import type { Value } from './scopes';

/** A tensor somewhere on its way. */
export interface Flow {
  /** Undefined where not even their number is known. */
  readonly axes: readonly FlowAxis[] | undefined;
  /** It went through DequantizeLinear. */
  readonly quantised: boolean;
  /** Other numbers than those stored, or in another order along an axis: masked, scaled, picked by indices. */
  readonly altered?: true;
}

/** Another input of the node; undefined where it is left out. */
export type OtherInput = (input: number) => Value | undefined;

/** Same elements, same axes. */
const unchanged: ReadonlySet<string> = new Set(['Identity', 'Cast', 'CastLike', 'Dropout', 'QuantizeLinear']);
/** Other sizes, same axes. */
const resized: ReadonlySet<string> = new Set(['Slice', 'Split', 'Pad', 'Tile']);
/** With a constant of its shape, or a smaller one: a mask, a scale. */
const elementwise: ReadonlySet<string> = new Set(['Mul', 'Div', 'Add', 'Sub']);
const maskName = /_mask$/;

export function storedFlow(shape: readonly number[]): Flow {
  return { axes: shape.map((size, axis) => ({ size, from: [axis] })), quantised: false };
}

/** The flow behind the node, or undefined where the node computes something else. */
export function passThrough(node: GraphNode, input: number, flow: Flow, other: OtherInput): Flow | undefined {
  const { opType } = node;
  if (elementwise.has(opType)) return combined(node, input, flow, other);
  if (opType === 'Concat') return node.inputs.every((_, i) => other(i)?.constant) ? unsized(flow) : undefined;
  if (input !== 0) return undefined;
  if (unchanged.has(opType)) return flow;
  if (resized.has(opType)) return unsized(flow);
  const ints = (at: number) => other(at)?.ints;
  switch (opType) {
    case 'DequantizeLinear':
      return { ...flow, quantised: true };
    case 'Gather':
      return selected(flow, intOf(node, 'axis', 0), other(1));
    case 'Transpose':
      return transpose(flow, intsOf(node, 'perm'));
    case 'Reshape':
      return reshape(flow, ints(1) ?? intsOf(node, 'shape'));
    case 'Flatten':
      return flatten(flow, intOf(node, 'axis', 1));
    case 'Squeeze':
      return squeeze(flow, ints(1) ?? intsOf(node, 'axes'), node.inputs.length > 1);
    case 'Unsqueeze':
      return unsqueeze(flow, ints(1) ?? intsOf(node, 'axes'));
    case 'Expand':
      return expand(flow, ints(1));
    default:
      return undefined;
  }
}

function intsOf(node: GraphNode, name: string): readonly number[] | undefined {
  return node.attributes.get(name)?.ints;
}

/** Only that it is the same weights is certain. */
export function rearranged(flow: Flow): Flow {
  return { ...flow, axes: undefined };
}

/** Without one axis, as the bodies of Scan see what they walk along. */
export function slicedAlong(flow: Flow, axis: number): Flow {
  const { axes } = flow;
  if (!axes) return flow;
  const at = axis < 0 ? axis + axes.length : axis;
  return axes[at] ? { ...flow, axes: axes.filter((_, i) => i !== at) } : rearranged(flow);
}

function unsized(flow: Flow): Flow {
  return { ...flow, axes: flow.axes?.map(({ from }) => ({ size: undefined, from })) };
}

/** Of two constants it is the larger one that flows on, of two of one shape the first, or the one that is not called a mask. */
function combined(node: GraphNode, input: number, flow: Flow, other: OtherInput): Flow | undefined {
  const [own, theirs] = [at(node.inputs, input), node.inputs[1 - input] ?? ''];
  const beside = other(1 - input);
  const { axes } = flow;
  if (!beside?.constant || !axes) return undefined;
  if (!beside.shape) return axes.filter(({ size }) => size !== 1).length > 1 ? { ...flow, altered: true } : undefined;
  const sizes = axes.slice(axes.length - beside.shape.length).map(({ size }) => size);
  const isWithin = beside.shape.every((size, i) => size === 1 || size === sizes[i]);
  if (beside.shape.length > axes.length || !isWithin) return undefined;
  const isSame = beside.shape.length === axes.length && beside.shape.every((size, i) => size === sizes[i]);
  const altered: Flow = { ...flow, altered: true };
  if (!isSame) return altered;
  const isMask = maskName.test(own);
  return isMask === maskName.test(theirs) ? firstOf(input, altered) : isMask ? undefined : altered;
}

function firstOf(input: number, flow: Flow): Flow | undefined {
  return input === 0 ? flow : undefined;
}

/** One index takes an axis away, several make it as long as they are many. */
function selected(flow: Flow, axis: number | undefined, index: Value | undefined): Flow | undefined {
  const { axes } = flow;
  if (!index?.constant) return undefined;
  const { shape } = index;
  if (!axes || axis === undefined || !shape) return rearranged(flow);
  const place = axis < 0 ? axis + axes.length : axis;
  const along = axes[place];
  if (!along || axes.length + shape.length > maxRank) return rearranged(flow);
  const places = shape.map((size) => ({ size, from: shape.length === 1 ? along.from : undefined }));
  return { ...flow, axes: axes.toSpliced(place, 1, ...places), altered: true };
}

function transpose(flow: Flow, perm: readonly number[] | undefined): Flow {
  const { axes } = flow;
  if (!axes) return flow;
  const order = perm && perm.length > 0 ? perm : axes.map((_, i) => axes.length - 1 - i);
  const isOrder = order.length === axes.length && axes.every((_, axis) => order.includes(axis));
  return isOrder ? { ...flow, axes: order.map((axis) => at(axes, axis)) } : rearranged(flow);
}

function reshape(flow: Flow, target: readonly number[] | undefined): Flow {
  const { axes } = flow;
  if (!target || target.length > maxRank) return rearranged(flow);
  const unknown = { ...flow, axes: target.map((size) => ({ size: size > 0 ? size : undefined, from: undefined })) };
  const before = axes?.map(({ size }) => size);
  if (!axes || !before?.every((size) => size !== undefined)) return unknown;
  const numel = productOf(before);
  const sizes = target.map((size, axis) => (size === 0 ? (before[axis] ?? 0) : size));
  const known = productOf(sizes.filter((size) => size !== -1));
  const resolved = sizes.map((size) => (size === -1 ? numel / known : size));
  const isFit =
    numel > 0 && productOf(resolved) === numel && resolved.every((size) => size > 0 && Number.isInteger(size));
  return isFit ? { ...flow, axes: regrouped(axes, resolved) } : unknown;
}

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

function flatten(flow: Flow, axis: number | undefined): Flow {
  const sizes = flow.axes?.map(({ size }) => size);
  if (!sizes?.every((size) => size !== undefined) || axis === undefined) return rearranged(flow);
  const rows = sizes.slice(0, axis < 0 ? axis + sizes.length : axis);
  return reshape(flow, [productOf(rows), -1]);
}

/** @param given whether the axes are an input, which may not be known */
function squeeze(flow: Flow, axes: readonly number[] | undefined, given: boolean): Flow {
  const before = flow.axes;
  if (!before || (given && !axes)) return rearranged(flow);
  const listed = axes?.map((axis) => (axis < 0 ? axis + before.length : axis)) ?? [];
  if (listed.length === 0 && before.some(({ size }) => size === undefined)) return rearranged(flow);
  return {
    ...flow,
    axes: before.filter(({ size }, axis) => !(listed.length > 0 ? listed.includes(axis) : size === 1)),
  };
}

function unsqueeze(flow: Flow, axes: readonly number[] | undefined): Flow {
  const before = flow.axes;
  if (!before || !axes || before.length + axes.length > maxRank) return rearranged(flow);
  const rank = before.length + axes.length;
  const inserted = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  if (inserted.size !== axes.length || axes.some((axis) => axis < -rank || axis >= rank)) return rearranged(flow);
  let next = 0;
  const put: FlowAxis = { size: 1, from: [] };
  return { ...flow, axes: Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? put : at(before, next++))) };
}

/** Axes of one element are repeated. */
function expand(flow: Flow, target: readonly number[] | undefined): Flow {
  const { axes } = flow;
  if (!axes || !target || target.length > maxRank) return rearranged(flow);
  const rank = Math.max(axes.length, target.length);
  const size = (i: number) => target[i - (rank - target.length)] ?? 1;
  const own = (i: number) => axes[i - (rank - axes.length)] ?? { size: 1, from: [] };
  return {
    ...flow,
    axes: Array.from({ length: rank }, (_, i) => (own(i).size === 1 ? { size: size(i), from: [] } : own(i))),
  };
}

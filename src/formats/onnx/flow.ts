/** How weights pass through operators that only rearrange them, on their way to the one that uses them. */
import { intOf, type NodeRecord } from './graphProto';
import { maxRank } from './tensorProto';

/** A tensor somewhere on its way. */
export interface Flow {
  /** Sizes here, where known. */
  readonly shape: readonly number[] | undefined;
  /** For each axis here, the axis of the stored tensor that it is; undefined where it is none or not known. */
  readonly origins: readonly (number | undefined)[] | undefined;
  /** It went through DequantizeLinear. */
  readonly quantised: boolean;
}

/** Values of a small constant int64 input of the node, where it is one. */
export type ConstantInts = (input: number) => readonly number[] | undefined;

/** Same elements, same axes. */
const unchanged: ReadonlySet<string> = new Set(['Identity', 'Cast', 'CastLike', 'Dropout', 'QuantizeLinear']);
/** Other sizes, same axes. */
const resized: ReadonlySet<string> = new Set(['Concat', 'Slice', 'Split', 'Pad']);

/** The flow behind the node, or undefined where the node computes something else. */
export function passThrough(node: NodeRecord, input: number, flow: Flow, ints: ConstantInts): Flow | undefined {
  const { opType } = node;
  if (input !== 0 && opType !== 'Concat') return undefined;
  if (unchanged.has(opType)) return flow;
  if (resized.has(opType)) return { ...flow, shape: undefined };
  switch (opType) {
    case 'DequantizeLinear':
      return { ...flow, quantised: true };
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
    default:
      return undefined;
  }
}

function intsOf(node: NodeRecord, name: string): readonly number[] | undefined {
  return node.attributes.get(name)?.ints;
}

/** Only that it is the same weights is certain. */
export function rearranged(flow: Flow): Flow {
  return { ...flow, shape: undefined, origins: undefined };
}

function transpose(flow: Flow, perm: readonly number[] | undefined): Flow {
  const { shape, origins } = flow;
  if (!origins) return flow;
  const order = perm && perm.length > 0 ? perm : origins.map((_, i) => origins.length - 1 - i);
  if (order.length !== origins.length || order.some((axis) => !(axis >= 0 && axis < origins.length))) {
    return rearranged(flow);
  }
  return { ...flow, origins: order.map((axis) => origins[axis]), shape: shape && order.map((axis) => shape[axis]!) };
}

/** Axes keep their origin where as many elements lie before them, and they are as long, as before. */
function reshape(flow: Flow, target: readonly number[] | undefined): Flow {
  const { shape, origins } = flow;
  if (!shape || !origins || !target) return rearranged(flow);
  const numel = productOf(shape);
  const sizes = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
  const known = productOf(sizes.filter((size) => size !== -1));
  const resolved = sizes.map((size) => (size === -1 ? numel / known : size));
  if (numel === 0 || productOf(resolved) !== numel) return rearranged(flow);
  const before = new Map<string, number | undefined>();
  let outer = 1;
  shape.forEach((size, axis) => {
    if (size !== 1) before.set(`${outer}x${size}`, origins[axis]);
    outer *= size;
  });
  outer = 1;
  const moved = resolved.map((size) => {
    const origin = before.get(`${outer}x${size}`);
    outer *= size;
    return origin;
  });
  return { ...flow, shape: resolved, origins: moved };
}

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

function flatten(flow: Flow, axis: number | undefined): Flow {
  const { shape } = flow;
  if (!shape || axis === undefined) return rearranged(flow);
  const rows = shape.slice(0, axis < 0 ? axis + shape.length : axis);
  return reshape(flow, [productOf(rows), -1]);
}

/** @param given whether the axes are an input, which may not be known */
function squeeze(flow: Flow, axes: readonly number[] | undefined, given: boolean): Flow {
  const { shape, origins } = flow;
  if (!shape || !origins || (given && !axes)) return rearranged(flow);
  const listed = axes?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const kept = shape.map((size, axis) => !(listed && listed.length > 0 ? listed.includes(axis) : size === 1));
  return { ...flow, shape: shape.filter((_, axis) => kept[axis]), origins: origins.filter((_, axis) => kept[axis]) };
}

function unsqueeze(flow: Flow, axes: readonly number[] | undefined): Flow {
  const { shape, origins } = flow;
  if (!origins || !axes || origins.length + axes.length > maxRank) return rearranged(flow);
  const rank = origins.length + axes.length;
  const inserted = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  let at = 0;
  const from = Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? undefined : at++));
  return {
    ...flow,
    origins: from.map((axis) => (axis === undefined ? undefined : origins[axis])),
    shape: shape && from.map((axis) => (axis === undefined ? 1 : (shape[axis] ?? 1))),
  };
}

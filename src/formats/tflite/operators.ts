/** What TensorFlow Lite's operators do with their weights (https://www.tensorflow.org/mlir/tfl_ops), by the place of the input. */
import { type Axes, axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import type { LayerKind } from '../../tensors/tensor';
import type { Operator } from './model';

interface Use {
  readonly kind: LayerKind;
  readonly axes?: Axes;
}

type UseOf = (input: number, shape: readonly number[], operator: Operator) => Use | undefined;

/** Weights at one place and a bias at another; both only where they are as the operator wants them. */
function layer(kind: LayerKind, rank: number, axes: Axes, weights = 1, bias = 2): UseOf {
  return (input, shape) => {
    if (input === weights && shape.length === rank) return { kind, axes };
    return input === bias ? { kind: 'bias' } : undefined;
  };
}

/** Weights of gates and of a projection at `places`; the rest are peepholes, biases and norms. */
function recurrent(...places: readonly (readonly [first: number, last: number])[]): UseOf {
  return (input, shape) => {
    const isWeight = places.some(([first, last]) => input >= first && input <= last) && shape.length === 2;
    if (isWeight) return { kind: 'recurrent', axes: axesAt(0, 1) };
    return { kind: shape.length === 1 ? 'bias' : 'parameter' };
  };
}

/** A constant operand: what it is multiplied over is summed. */
const batchMatMul: UseOf = (input, shape, { turned }) => {
  const last = shape.length - 1;
  if (last < 1) return undefined;
  const isFirst = input === 0;
  const isTurned = isFirst ? turned[0] : turned[1];
  const summed = isFirst === isTurned ? last - 1 : last;
  return { kind: 'linear', axes: axesAt(2 * last - 1 - summed, summed) };
};

const table: UseOf = (input, shape) =>
  input === 0 && shape.length === 2 ? { kind: 'embedding', axes: axesAt(0, 1) } : undefined;

interface Known {
  readonly name: string;
  readonly use?: UseOf;
}

const operators: ReadonlyMap<number, Known> = new Map<number, Known>([
  [0, { name: 'ADD', use: () => ({ kind: 'bias' }) }],
  [3, { name: 'CONV_2D', use: layer('conv', 4, axesAt(0, 3)) }],
  // Each output has one input: the dimension of inputs has one place.
  [4, { name: 'DEPTHWISE_CONV_2D', use: layer('conv', 4, axesAt(3, 0)) }],
  [7, { name: 'EMBEDDING_LOOKUP', use: (input, shape, operator) => table(input - 1, shape, operator) }],
  [9, { name: 'FULLY_CONNECTED', use: layer('linear', 2, axesAt(0, 1)) }],
  [16, { name: 'LSTM', use: recurrent([1, 8], [16, 16]) }],
  [18, { name: 'MUL', use: () => ({ kind: 'norm' }) }],
  [24, { name: 'RNN', use: recurrent([1, 2]) }],
  [27, { name: 'SVDF', use: layer('linear', 2, axesAt(0, 1), 1, 3) }],
  [34, { name: 'UNIDIRECTIONAL_SEQUENCE_RNN', use: recurrent([1, 2]) }],
  [36, { name: 'GATHER', use: table }],
  [41, { name: 'SUB', use: () => ({ kind: 'bias' }) }],
  [44, { name: 'UNIDIRECTIONAL_SEQUENCE_LSTM', use: recurrent([1, 8], [16, 16]) }],
  [46, { name: 'BIDIRECTIONAL_SEQUENCE_RNN', use: recurrent([1, 2], [4, 5]) }],
  [52, { name: 'BIDIRECTIONAL_SEQUENCE_LSTM', use: recurrent([1, 8], [16, 16], [18, 25], [33, 33]) }],
  [54, { name: 'PRELU', use: () => ({ kind: 'prelu' }) }],
  [67, { name: 'TRANSPOSE_CONV', use: layer('conv', 4, axesAt(0, 3), 1, 3) }],
  [126, { name: 'BATCH_MATMUL', use: batchMatMul }],
  [132, { name: 'CONV_3D', use: layer('conv', 5, axesAt(4, 3)) }],
  [141, { name: 'CONV_3D_TRANSPOSE', use: layer('conv', 5, axesAt(3, 4), 1, 3) }],
]);

/** What passes a tensor on with its elements as they are, but for their dtype. */
export const passingOn: ReadonlySet<number> = new Set([6 /* DEQUANTIZE */, 53 /* CAST */, 124 /* DENSIFY */]);

/**
 * @param input place of the tensor among the operator's inputs
 * @returns undefined where the operator says nothing of it
 */
export function declaredBy(operator: Operator, input: number, shape: readonly number[]): Declared | undefined {
  const known = operators.get(operator.code);
  if (!known) return undefined;
  const because = `used by ${known.name}`;
  const use = known.use?.(input, shape, operator);
  return use ? { ...use, because } : { kind: 'parameter', because };
}

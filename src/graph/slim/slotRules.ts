/** What each operator does to slots (onnx Operators.md): the rules of those that go over elements or channels, and where the others are. */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import { has, int } from './nodeView';
import { allOf, axisIn, onlyOf } from './numbers';
import { elementwise, unary, zeroKeeping } from './operators';
import { broadcast, conv, convTranspose, gemm, matMul, type Operand, operandsOf, recurrent } from './products';
import { rearranging } from './rearranging';
import { reducedAxes } from './shapeRules';
import { places, type SlotRule, type Walk } from './walk';

const rules: ReadonlyMap<string, SlotRule> = new Map<string, SlotRule>([
  ['Conv', conv],
  ['FusedConv', conv],
  ['ConvTranspose', convTranspose],
  ['Gemm', gemm],
  ['MatMul', matMul],
  ['BatchNormalization', (walk, node, position) => alongChannels(walk, node, position, [1, 2, 3, 4])],
  ['InstanceNormalization', (walk, node, position) => alongChannels(walk, node, position, [1, 2])],
  ['MaxPool', pool],
  ['AveragePool', pool],
  ['LpPool', pool],
  ['GlobalAveragePool', pool],
  ['GlobalMaxPool', pool],
  ['GlobalLpPool', pool],
  ['LayerNormalization', (walk, node, position) => normalised(walk, node, position, -1)],
  ['RMSNormalization', (walk, node, position) => normalised(walk, node, position, -1)],
  ['SimplifiedLayerNormalization', (walk, node, position) => normalised(walk, node, position, -1)],
  ['GroupNormalization', (walk, node, position) => normalised(walk, node, position, 1)],
  ['MeanVarianceNormalization', (walk, node, position) => normalised(walk, node, position, 0)],
  ['LRN', (walk, node, position) => mixedAlong(walk, node, position, 1)],
  ['LpNormalization', (walk, node, position) => mixedAlong(walk, node, position, -1)],
  ['Softmax', softmax],
  ['LogSoftmax', softmax],
  ['Hardmax', softmax],
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
]);

export function slotRuleOf({ opType, domain }: GraphNode): SlotRule | undefined {
  if (domain !== '' && domain !== 'ai.onnx' && domain !== 'com.microsoft') return undefined;
  if (elementwise.has(opType)) return elementByElement;
  if (unary.has(opType)) return oneOperand;
  if (opType.startsWith('Reduce') || opType === 'ArgMax' || opType === 'ArgMin') return reduced;
  return rules.get(opType) ?? rearranging.get(opType);
}

function elementByElement(walk: Walk, node: GraphNode, position: number) {
  const shape = walk.shapes.shapes.get(node.outputs[0] ?? '');
  const operands = operandsOf(walk, node, position);
  if (!shape || !operands.every((operand) => operand !== undefined)) return undefined;
  const axes = broadcast(walk, operands, shape);
  const { opType } = node;
  if (['Div', 'Pow', 'Mod', 'PRelu'].includes(opType)) walk.neverZeroed(operands[1]?.value);
  const zero = axes.every((slots, axis) => {
    if (!walk.isFree(slots)) return true;
    const isZero = ({ value, shape: own }: Operand) => {
      const place = axis - shape.length + own.length;
      return value.zero && own[place] === at(shape, axis) && value.axes[place] !== undefined;
    };
    const [first, second] = operands;
    if (opType === 'Mul' || opType === 'And') return operands.some(isZero);
    if (opType === 'Pow') return first !== undefined && isZero(first) && (onlyOf(walk.view(node).numbers(1)) ?? 0) > 0;
    if (['Div', 'PRelu', 'Mod', 'BitShift'].includes(opType)) return first !== undefined && isZero(first);
    if (['Add', 'Sub', 'Sum', 'Mean', 'Min', 'Max', 'Or', 'Xor'].includes(opType)) return operands.every(isZero);
    return second === undefined;
  });
  return [
    { axes, zero, why: operands.find(({ value }) => !value.axes.some(Boolean))?.value.why ?? 'counts no channels' },
  ];
}

function oneOperand(walk: Walk, node: GraphNode, position: number) {
  const value = walk.read(node, position, 0);
  if (!value) return undefined;
  const { opType } = node;
  const zero = value.zero && (zeroKeeping.has(opType) || (opType === 'Clip' && keepsZero(walk, node)));
  return [{ ...value, zero }];
}

function keepsZero(walk: Walk, node: GraphNode): boolean {
  const view = walk.view(node);
  if (node.inputs.length === 1) {
    const [low, high] = ['min', 'max'].map((name) => view.floats(name)?.[0]);
    return (low ?? 0) <= 0 && (high ?? 0) >= 0;
  }
  const bound = (input: number) => (has(view, input) ? (onlyOf(view.numbers(input)) ?? Number.NaN) : 0);
  return bound(1) <= 0 && bound(2) >= 0;
}

/** Operators with lists of one number for each channel. */
function alongChannels(walk: Walk, node: GraphNode, position: number, lists: readonly number[]) {
  const x = walk.read(node, position, 0);
  if (!x || x.axes.length < 2) return undefined;
  const isInstance = node.opType === 'InstanceNormalization';
  if (isInstance) for (const slots of x.axes.slice(2)) walk.pin(slots, 'is normalised over by InstanceNormalization');
  let channels = x.axes[1];
  for (const input of lists) {
    const list = walk.read(node, position, input);
    if (!list) continue;
    channels = walk.meet(channels, list.axes[0], x.why, list.why);
    // Means and variances stay as they are; scales and shifts are what makes zeros.
    if (input > 2) walk.neverZeroed(list);
  }
  return [{ ...x, axes: x.axes.with(1, channels), zero: !walk.isFree(x.axes[0]) }];
}

function pool(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  if (!x) return undefined;
  for (const slots of x.axes.slice(2)) walk.pin(slots, places);
  return [{ ...x, axes: x.axes.map((slots, axis) => (axis < 2 ? slots : undefined)) }];
}

/** Pinned from an axis to the last. */
function normalised(walk: Walk, node: GraphNode, position: number, otherwise: number) {
  const x = walk.read(node, position, 0);
  const axis = x && axisIn(x.axes.length, node.opType === 'GroupNormalization' ? 1 : int({ node }, 'axis', otherwise));
  if (!x || axis === undefined) return undefined;
  const why = `is normalised over by ${node.opType}`;
  for (const slots of x.axes.slice(axis)) walk.pin(slots, why);
  node.inputs.forEach((_, input) => {
    if (input > 0) walk.pinValue(walk.read(node, position, input), why);
  });
  return [{ ...x, zero: false }];
}

/** Each result along the axis depends on all that stand there. */
function mixedAlong(walk: Walk, node: GraphNode, position: number, otherwise: number) {
  const x = walk.read(node, position, 0);
  const axis = x && axisIn(x.axes.length, node.opType === 'LRN' ? 1 : int({ node }, 'axis', otherwise));
  if (!x || axis === undefined) return undefined;
  walk.pin(x.axes[axis], `is normalised over by ${node.opType}`);
  return [{ ...x, zero: false }];
}

/** Before version 13 it goes over all axes from one on. */
function softmax(walk: Walk, node: GraphNode, position: number) {
  const { opset } = walk.contents;
  const x = walk.read(node, position, 0);
  const axis = x && axisIn(x.axes.length, int({ node }, 'axis', opset < 13 ? 1 : -1));
  if (!x || axis === undefined) return undefined;
  const over = opset < 13 ? x.axes.slice(axis) : [x.axes[axis]];
  for (const slots of over) walk.pin(slots, `is normalised over by ${node.opType}`);
  return [{ ...x, zero: false }];
}

/** Sums of zeros are the same without them. */
const sums: ReadonlySet<string> = new Set(['ReduceSum', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare']);
const zeroOfZeros: ReadonlySet<string> = new Set([...sums, 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd']);

function reduced(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const axes = x && reducedAxes(walk.view(node), x.axes.length);
  if (!x || !axes) return undefined;
  for (const axis of axes) {
    if (!sums.has(node.opType) || !x.zero) walk.pin(x.axes[axis], `is reduced by ${node.opType}`);
    else walk.sums(x.axes[axis]);
  }
  const keeps = int({ node }, 'keepdims', 1) === 1;
  const left = allOf(x.axes.length).flatMap((axis) =>
    axes.includes(axis) ? (keeps ? [undefined] : []) : [x.axes[axis]],
  );
  return [{ ...x, axes: left, zero: x.zero && zeroOfZeros.has(node.opType) }];
}

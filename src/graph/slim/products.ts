/** What operators that multiply by weights do to slots (onnx Operators.md). */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import { int, text } from './nodeView';
import type { AxisSlots } from './regroupSlots';
import { places, type SlottedValue, type Walk } from './walk';

export interface Operand {
  readonly value: SlottedValue;
  readonly shape: readonly number[];
}

/** Joins the groups of what a grouped convolution is given and gives. */
interface Groups {
  readonly groups: number;
  /** Channels of each that go in. */
  readonly inputs: number;
  readonly outputs: number;
}

/** Axes of operands that are repeated to one shape, counted from the last. */
export function broadcast(walk: Walk, operands: readonly Operand[], shape: readonly number[]): AxisSlots[] {
  return shape.map((size, axis) => {
    let slots: AxisSlots;
    let plain: string | undefined;
    for (const { value, shape: own } of operands) {
      const place = axis - shape.length + own.length;
      if (own[place] !== size || size === 1) continue;
      const theirs = value.axes[place];
      if (!theirs) plain ??= value.why;
      else slots = slots ? walk.meet(slots, theirs, '', '') : theirs;
    }
    if (slots && plain !== undefined) walk.pin(slots, `stands beside what ${plain}`);
    return slots;
  });
}

export function operandsOf(walk: Walk, node: GraphNode, position: number): (Operand | undefined)[] {
  return node.inputs.map((name, input) => {
    const value = walk.read(node, position, input);
    const shape = walk.shapes.shapes.get(name);
    return value && shape && { value, shape };
  });
}

/** Whether whole groups go, rather than the same channels of each: where that leaves more of a choice. */
function byGroup({ groups, inputs }: Groups): boolean {
  return groups >= inputs;
}

export function conv(walk: Walk, node: GraphNode, position: number) {
  const [x, weight, bias, sum] = [0, 1, 2, 3].map((input) => walk.read(node, position, input));
  if (!x || !weight || x.axes.length < 3 || weight.axes.length !== x.axes.length) return undefined;
  for (const slots of [...x.axes.slice(2), ...weight.axes.slice(2)]) walk.pin(slots, places);
  const [count, perGroup] = [walk.sizeOf(node, 1, 0), walk.sizeOf(node, 1, 1)];
  const groups = int({ node }, 'group', 1);
  const split: Groups = { groups, inputs: perGroup, outputs: count / groups };
  const [filters, channels] = weight.axes;
  if (groups === 1) {
    walk.meet(x.axes[1], channels, x.why, weight.why);
    walk.role(weight, 1, 'consumes');
    if (!x.zero) walk.leaves(x.axes[1]);
  } else if (byGroup(split)) {
    joinGroups(walk, x, filters, split);
    walk.pin(channels, 'counts the channels of a group');
    walk.adjust(position, (kept) => {
      const left = filters ? kept.count(filters) / split.outputs : groups;
      return left === groups ? [] : [{ kind: 'int', node: position, attribute: 'group', int: left }];
    });
  } else {
    const slots = x.axes[1];
    if (slots && channels) walk.sets.joinEach(slots, (i) => channels[i % perGroup]);
    else walk.meet(slots, channels, x.why, weight.why);
    if (filters) walk.sets.joinEach(filters, (i) => filters[i % split.outputs]);
    walk.role(weight, 1, 'consumes');
    if (!x.zero) walk.leaves(slots);
  }
  walk.role(weight, 0, 'produces');
  if (bias) walk.meet(filters, bias.axes[0], weight.why, bias.why);
  const out: AxisSlots[] = [x.axes[0], filters, ...x.axes.slice(2).map(() => undefined)];
  if (sum) walk.meet(filters, sum.axes[1], weight.why, sum.why);
  const activation = text({ node }, 'activation', 'Relu');
  const zero = ['Relu', 'LeakyRelu', 'Tanh'].includes(activation) && (sum?.zero ?? true);
  return [
    { axes: out, zero: zero && (x.zero || !walk.isFree(x.axes[0])), why: 'counts the filters of a layer of one' },
  ];
}

/** Of each group all channels that go in and all that come out. */
function joinGroups(walk: Walk, x: SlottedValue, filters: AxisSlots, { groups, inputs, outputs }: Groups): void {
  const slots = x.axes[1];
  if (!slots || !filters) {
    walk.pin(filters, `is of a grouped convolution that reads what ${x.why}`);
    walk.pin(slots, 'is read by a grouped convolution of one filter');
    return;
  }
  for (let group = 0; group < groups; group++) {
    const first = at(filters, group * outputs);
    for (let i = 0; i < outputs; i++) walk.sets.join(first, at(filters, group * outputs + i));
    for (let i = 0; i < inputs; i++) walk.sets.join(first, slots[group * inputs + i] ?? 0);
  }
}

export function convTranspose(walk: Walk, node: GraphNode, position: number) {
  const [x, weight, bias] = [0, 1, 2].map((input) => walk.read(node, position, input));
  if (!x || !weight || x.axes.length < 3 || weight.axes.length !== x.axes.length) return undefined;
  for (const slots of [...x.axes.slice(2), ...weight.axes.slice(2)]) walk.pin(slots, places);
  const groups = int({ node }, 'group', 1);
  const [count, outputs] = [walk.sizeOf(node, 1, 0), walk.sizeOf(node, 1, 1)];
  const split: Groups = { groups, inputs: count / groups, outputs };
  const [channels, filters] = weight.axes;
  walk.meet(x.axes[1], channels, x.why, weight.why);
  walk.role(weight, 0, 'consumes');
  walk.role(weight, 1, 'produces');
  if (!x.zero) walk.leaves(x.axes[1]);
  let out = filters;
  if (groups > 1 && byGroup(split)) {
    walk.pin(filters, 'counts the channels of a group');
    if (channels) walk.sets.joinEach(channels, (i) => channels[i - (i % split.inputs)]);
    const first = walk.slotsOr(channels, count);
    out = Int32Array.from({ length: groups * outputs }, (_, i) => first[Math.floor(i / outputs) * split.inputs] ?? 0);
    walk.adjust(position, (kept) => {
      const left = channels ? kept.count(channels) / split.inputs : groups;
      return left === groups ? [] : [{ kind: 'int', node: position, attribute: 'group', int: left }];
    });
  } else if (groups > 1) {
    if (channels) walk.sets.joinEach(channels, (i) => channels[i % split.inputs]);
    const own = walk.slotsOr(filters, outputs);
    out = Int32Array.from({ length: groups * outputs }, (_, i) => own[i % outputs] ?? 0);
  }
  if (bias) walk.meet(out, bias.axes[0], weight.why, bias.why);
  const axes: AxisSlots[] = [x.axes[0], out, ...x.axes.slice(2).map(() => undefined)];
  // Where whole groups go it is the bias alone that is zero, and their filters: as they read none but themselves.
  return [{ axes, zero: x.zero || !walk.isFree(x.axes[0]), why: 'counts the filters of a layer of one' }];
}

/** Whether what a product sums over is zero at removed indices on one side at least: else it is pinned. */
function contract(walk: Walk, a: SlottedValue, aAxis: number, b: SlottedValue, bAxis: number): void {
  const [left, right] = [a.axes[aAxis], b.axes[bAxis]];
  const slots = walk.meet(left, right, a.why, b.why);
  if (!a.zero && !b.zero) walk.pin(slots, 'is summed over where it need not be zero');
  walk.role(a, aAxis, 'consumes');
  walk.role(b, bAxis, 'consumes');
  if (!a.stored && !b.stored) walk.sums(slots);
  else if (!(a.stored ? b.zero : a.zero)) walk.leaves(slots);
}

export function gemm(walk: Walk, node: GraphNode, position: number) {
  const [a, b, bias] = [0, 1, 2].map((input) => walk.read(node, position, input));
  if (a?.axes.length !== 2 || b?.axes.length !== 2) return undefined;
  const [turnedA, turnedB] = [int({ node }, 'transA', 0), int({ node }, 'transB', 0)];
  contract(walk, a, 1 - turnedA, b, turnedB);
  const [rows, columns] = [a.axes[turnedA], b.axes[1 - turnedB]];
  walk.role(a, turnedA, 'produces');
  walk.role(b, 1 - turnedB, 'produces');
  const shape = walk.shapes.shapes.get(node.inputs[2] ?? '');
  if (bias && shape) {
    const wide = shape.length > 0 && at(shape, shape.length - 1) > 1;
    if (wide) walk.meet(columns, bias.axes.at(-1), b.why, bias.why);
    if (shape.length > 1 && at(shape, 0) > 1) walk.meet(rows, bias.axes[0], a.why, bias.why);
  }
  return [{ axes: [rows, columns], zero: zeroAround(walk, a, rows, b, columns), why: 'counts no channels' }];
}

/** Rows of zeros on the left give such rows, columns of zeros on the right such columns. */
function zeroAround(walk: Walk, a: SlottedValue, rows: AxisSlots, b: SlottedValue, columns: AxisSlots): boolean {
  return (a.zero || !walk.isFree(rows)) && (b.zero || !walk.isFree(columns));
}

export function matMul(walk: Walk, node: GraphNode, position: number) {
  const [a, b] = operandsOf(walk, node, position);
  const shape = walk.shapes.shapes.get(node.outputs[0] ?? '');
  if (!a || !b || !shape || a.shape.length === 0 || b.shape.length === 0) return undefined;
  const rank = { a: a.shape.length, b: b.shape.length };
  contract(walk, a.value, rank.a - 1, b.value, Math.max(0, rank.b - 2));
  const rows = rank.a > 1 ? [a.value.axes[rank.a - 2]] : [];
  const columns = rank.b > 1 ? [b.value.axes[rank.b - 1]] : [];
  if (rank.a > 1) walk.role(a.value, rank.a - 2, 'produces');
  if (rank.b > 1) walk.role(b.value, rank.b - 1, 'produces');
  const outer = ({ value, shape: own }: Operand): Operand => ({
    value: { ...value, axes: value.axes.slice(0, Math.max(0, own.length - 2)) },
    shape: own.slice(0, Math.max(0, own.length - 2)),
  });
  const batch = broadcast(walk, [outer(a), outer(b)], shape.slice(0, shape.length - rows.length - columns.length));
  const isZero = zeroAround(walk, a.value, rows[0], b.value, columns[0]);
  const zero = isZero && (a.value.zero || b.value.zero || !batch.some((slots) => walk.isFree(slots)));
  return [{ axes: [...batch, ...rows, ...columns], zero, why: 'counts no channels' }];
}

export function recurrent(walk: Walk, node: GraphNode, position: number) {
  const [x, weight] = [0, 1].map((input) => walk.read(node, position, input));
  if (x?.axes.length !== 3 || weight?.axes.length !== 3) return undefined;
  const why = `is part of the state of ${node.opType}`;
  contract(walk, x, 2, weight, 2);
  for (const slots of [...x.axes.slice(0, 2), ...weight.axes.slice(0, 2)]) walk.pin(slots, why);
  node.inputs.forEach((_, input) => {
    if (input > 1) walk.pinValue(walk.read(node, position, input), why);
  });
  return node.outputs.map((name) => walk.without(walk.shapes.shapes.get(name), why));
}

/** What operators that give values another shape do to slots, and the shapes that a smaller graph asks them for (onnx Operators.md). */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import type { Adjustment } from '../../tensors/graph/slimPlan';
import { numelOf } from '../../tensors/tensor';
import { allowsZero, resolvedTarget } from './arithmetic';
import { has, ints, intsAt, type NodeView } from './nodeView';
import { allOf } from './numbers';
import { type AxisSlots, regroupedSlots } from './regroupSlots';
import { resizeInputs } from './shapeRules';
import type { Kept, SlottedValue, Walk } from './walk';

/** The sizes of a value's axes once it is smaller. */
export function smallerShape(shape: readonly number[], axes: readonly AxisSlots[], kept: Kept): number[] {
  return shape.map((size, axis) => {
    const slots = axes[axis];
    return slots ? kept.count(slots) : size;
  });
}

export function sameList(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a?.length === b.length && a.every((value, i) => value === b[i]);
}

/** Integers of an input, or of the attribute that older versions have in its place. */
export function listed(
  node: number,
  view: NodeView,
  input: number,
  attribute: string,
  list: readonly number[],
): Adjustment {
  return has(view, input) ? { kind: 'input', node, input, ints: list } : { kind: 'ints', node, attribute, ints: list };
}

export function inputShape(walk: Walk, node: GraphNode, input = 0): readonly number[] | undefined {
  return walk.shapes.shapes.get(node.inputs[input] ?? '');
}

export function outputShape(walk: Walk, node: GraphNode): readonly number[] | undefined {
  return walk.shapes.shapes.get(node.outputs[0] ?? '');
}

export function regroup(walk: Walk, node: GraphNode, position: number): [SlottedValue] | undefined {
  const x = walk.read(node, position, 0);
  const [before, behind] = [inputShape(walk, node), outputShape(walk, node)];
  if (!x || !before || !behind || numelOf(before) !== numelOf(behind)) return undefined;
  return [{ ...x, axes: regroupedSlots(walk.sets, x.axes, before, behind) }];
}

export function reshape(walk: Walk, node: GraphNode, position: number) {
  const result = regroup(walk, node, position);
  const shape = outputShape(walk, node);
  if (!result || !shape) return undefined;
  const [{ axes }] = result;
  walk.adjust(position, (kept, smaller) => {
    const needed = smallerShape(shape, axes, kept);
    const before = smaller.shape(0) ?? [];
    const target = intsAt(smaller, 1, 'shape') ?? [];
    const mayCopy = !allowsZero(smaller);
    const isRight = (sizes: readonly number[]) => sameList(resolvedTarget(before, sizes, !mayCopy), needed);
    if (isRight(target)) return [];
    const given = intsAt(walk.view(node), 1, 'shape') ?? [];
    // What the input and the rest decide is left to them.
    const open = needed.map((size, axis) =>
      given[axis] === -1 || (given[axis] === 0 && mayCopy && before[axis] === size) ? at(given, axis) : size,
    );
    return corrected(walk, smaller, position, 1, 'shape', isRight(open) ? open : needed);
  });
  return result;
}

/**
 * Another list of integers for a node. Where one that is computed is joined of parts, only wrong parts are given other numbers: the
 * others go on to follow what the model is fed with.
 */
function corrected(
  walk: Walk,
  smaller: NodeView,
  node: number,
  input: number,
  attribute: string,
  needed: readonly number[],
): Adjustment[] {
  const name = smaller.node.inputs[input] ?? '';
  const producer = has(smaller, input) ? walk.onlyFor(name) : undefined;
  if (producer?.node.opType === 'Concat') {
    let start = 0;
    const parts = producer.node.inputs.map((part) => {
      const length = walk.shapes.numbers.get(part)?.values.length ?? Number.NaN;
      start += length;
      return needed.slice(start - length, start);
    });
    const current = smaller.numbers(input)?.values ?? [];
    let first = 0;
    return parts.flatMap((part, i): Adjustment[] => {
      const own = current.slice(first, first + part.length);
      first += part.length;
      return sameList(own, part) ? [] : [{ kind: 'input', node: producer.position, input: i, ints: part }];
    });
  }
  return [listed(node, smaller, input, attribute, needed)];
}

export function expand(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const [before, shape] = [inputShape(walk, node), outputShape(walk, node)];
  if (!x || !before || !shape) return undefined;
  // PyTorch's exporter fills biases that a layer has not with one number: as many of them as there are channels.
  const isFilled = numelOf(before) === 1;
  const axes = shape.map((size, axis): AxisSlots => {
    const place = axis - shape.length + before.length;
    if (before[place] === size) return x.axes[place];
    return isFilled ? walk.sets.fresh(size) : undefined;
  });
  walk.adjust(position, (kept, smaller) => {
    const needed = smallerShape(shape, axes, kept);
    const target = smaller.numbers(1)?.values ?? [];
    const isRight = target.every((size, i) => {
      const axis = i - target.length + shape.length;
      return size === needed[axis] || (size === 1 && axes[axis] !== undefined);
    });
    return isRight ? [] : corrected(walk, smaller, position, 1, '', needed);
  });
  // The number itself stays where channels become zero.
  return [{ ...x, axes, ...(isFilled && { zero: false, stored: false }) }];
}

export function constantOfShape(walk: Walk, node: GraphNode, position: number) {
  const shape = outputShape(walk, node);
  if (!shape) return undefined;
  walk.adjust(position, (_, smaller) =>
    sameList(smaller.numbers(0)?.values, shape) ? [] : [{ kind: 'input', node: position, input: 0, ints: shape }],
  );
  return [walk.without(shape, 'is made of one number')];
}

export function resize(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const [before, shape] = [inputShape(walk, node), outputShape(walk, node)];
  if (!x || !before || !shape) return undefined;
  const axes = x.axes.map((slots, axis): AxisSlots => {
    // Those of an image stay: what is between two of its places is a mean of them.
    if (axis < 2 && before[axis] === shape[axis]) return slots;
    walk.pin(slots, `is resized by ${node.opType}`);
    return undefined;
  });
  const { sizes } = resizeInputs(walk.view(node));
  if (sizes >= 0 && (walk.view(node).numbers(sizes)?.values.length ?? 0) > 0) {
    const named = ints({ node }, 'axes') ?? allOf(shape.length);
    walk.adjust(position, (kept, smaller) => {
      const needed = smallerShape(shape, axes, kept);
      const list = named.map((axis) => at(needed, axis < 0 ? axis + shape.length : axis));
      return sameList(smaller.numbers(sizes)?.values, list)
        ? []
        : [{ kind: 'input', node: position, input: sizes, ints: list }];
    });
  }
  return [{ ...x, axes }];
}

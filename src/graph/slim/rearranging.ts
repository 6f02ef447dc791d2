/** What operators that only rearrange do to slots: the same as to the elements (onnx Operators.md). */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import { gather, pad, slice, split } from './cutting';
import type { DisjointSlots, Slots } from './disjointSlots';
import { axesAt, int, ints, text } from './nodeView';
import { allOf, axisIn } from './numbers';
import type { AxisSlots } from './regroupSlots';
import { constantOfShape, expand, inputShape, outputShape, regroup, reshape, resize } from './reshaping';
import { places, type SlotRule, type Walk } from './walk';

export const rearranging: ReadonlyMap<string, SlotRule> = new Map<string, SlotRule>([
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['Flatten', regroup],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['Pad', pad],
  ['Expand', expand],
  ['Tile', tile],
  ['Resize', resize],
  ['Upsample', resize],
  ['ConstantOfShape', constantOfShape],
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
]);

/** Inputs that say shapes and bounds: a smaller graph is given its own there, so sizes that they are computed of may change. */
const sizeInputs: ReadonlyMap<string, readonly number[]> = new Map([
  ['Reshape', [1]],
  ['Split', [1]],
  ['Slice', [1, 2]],
  ['Pad', [1]],
  ['Expand', [1]],
  ['Resize', [3]],
  ['ConstantOfShape', [0]],
]);

export function takesSizes({ opType }: GraphNode, input: number): boolean {
  return sizeInputs.get(opType)?.includes(input) === true;
}

function transpose(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  if (!x) return undefined;
  const order = ints({ node }, 'perm') ?? allOf(x.axes.length).reverse();
  return order.length === x.axes.length ? [{ ...x, axes: order.map((axis) => x.axes[axis]) }] : undefined;
}

function squeeze(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const shape = inputShape(walk, node);
  const axes = x && axesAt(walk.view(node), 1, x.axes.length);
  if (!x || !shape || !axes) return undefined;
  const isGone = (axis: number) => (axes.length > 0 ? axes.includes(axis) : shape[axis] === 1);
  for (const axis of axes) walk.pin(x.axes[axis], 'is squeezed away');
  // Without names those of one element go, and others may not become such.
  if (axes.length === 0) walk.pinValue(x, 'is squeezed where it has one element');
  return [{ ...x, axes: x.axes.filter((_, axis) => !isGone(axis)) }];
}

function unsqueeze(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const shape = outputShape(walk, node);
  const axes = shape && axesAt(walk.view(node), 1, shape.length);
  if (!x || !shape || !axes) return undefined;
  let next = 0;
  return [{ ...x, axes: shape.map((_, axis) => (axes.includes(axis) ? undefined : x.axes[next++])) }];
}

function concat(walk: Walk, node: GraphNode, position: number) {
  const parts = node.inputs.map((_, input) => walk.read(node, position, input));
  const shapes = node.inputs.map((_, input) => inputShape(walk, node, input));
  const first = parts[0];
  const along = first && axisIn(first.axes.length, int({ node }, 'axis', 1));
  if (!first || along === undefined || !parts.every((part) => part?.axes.length === first.axes.length))
    return undefined;
  const whole = parts.flatMap((part, i) => (part && shapes[i] ? [{ part, shape: shapes[i] }] : []));
  if (whole.length !== parts.length) return undefined;
  const axes = first.axes.map((_, axis): AxisSlots => {
    const own = whole.map(({ part }) => part.axes[axis]);
    if (!own.some(Boolean)) return undefined;
    if (axis === along)
      return Int32Array.from(whole.flatMap(({ part, shape }) => [...walk.slotsOr(part.axes[axis], at(shape, axis))]));
    const plain = whole.find(({ part }) => !part.axes[axis]);
    const slots = own.reduce((joined, each) => (joined && each ? walk.meet(joined, each, '', '') : (joined ?? each)));
    if (plain) walk.pin(slots, `stands beside what ${plain.part.why}`);
    return slots;
  });
  return [
    {
      axes,
      zero: whole.every(({ part }) => part.zero || !part.axes.some((slots) => walk.isFree(slots))),
      why: first.why,
    },
  ];
}

function tile(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const repeats = walk.view(node).numbers(1)?.values;
  if (!x || repeats?.length !== x.axes.length) return undefined;
  const axes = x.axes.map((slots, axis) => {
    const times = at(repeats, axis);
    return slots && times > 1
      ? Int32Array.from({ length: slots.length * times }, (_, i) => at(slots, i % slots.length))
      : slots;
  });
  return [{ ...x, axes }];
}

/** Channels that become places: those that become places of one channel go together. */
function depthToSpace(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const block = int({ node }, 'blocksize', 1) ** 2;
  const slots = x?.axes[1];
  if (x?.axes.length !== 4) return undefined;
  for (const slots of x.axes.slice(2)) walk.pin(slots, places);
  const channels = slots && joinedPlaces(walk.sets, slots, block, text({ node }, 'mode', 'DCR') === 'CRD');
  return [{ ...x, axes: [x.axes[0], channels, undefined, undefined] }];
}

function joinedPlaces(sets: DisjointSlots, slots: Slots, block: number, channelsFirst: boolean): Slots {
  const count = slots.length / block;
  const channelOf = (i: number) => (channelsFirst ? Math.floor(i / block) : i % count);
  const channels = slots.slice(0, count).map((_, channel) => at(slots, channelsFirst ? channel * block : channel));
  sets.joinEach(slots, (i) => channels[channelOf(i)]);
  return channels;
}

function spaceToDepth(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const block = int({ node }, 'blocksize', 1) ** 2;
  const slots = x?.axes[1];
  if (x?.axes.length !== 4) return undefined;
  for (const slots of x.axes.slice(2)) walk.pin(slots, places);
  const channels = slots && Int32Array.from({ length: slots.length * block }, (_, i) => at(slots, i % slots.length));
  return [{ ...x, axes: [x.axes[0], channels, undefined, undefined] }];
}

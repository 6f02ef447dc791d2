/** What operators that cut along an axis, or pad it, do to slots, and the bounds that a smaller graph asks them for (onnx Operators.md). */
import { at } from '../../lib/known';
import type { GraphNode } from '../../tensors/graph/graph';
import type { Adjustment } from '../../tensors/graph/slimPlan';
import { fixedSlot, type Slots } from './disjointSlots';
import { type Cut, cutsOf, has, int, ints, type NodeView, splitSizes, text } from './nodeView';
import { allOf, axisIn, onlyOf } from './numbers';
import { inputShape, listed, sameList } from './reshaping';
import { padsOf } from './shapeRules';
import type { Kept, Walk } from './walk';

export function split(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const axis = x && axisIn(x.axes.length, int({ node }, 'axis', 0));
  const shape = inputShape(walk, node);
  if (!x || axis === undefined || !shape) return undefined;
  const sizes = splitSizes(walk.view(node), at(shape, axis));
  const slots = x.axes[axis];
  if (!sizes || sizes.reduce((sum, size) => sum + size, 0) !== at(shape, axis)) return undefined;
  let start = 0;
  const parts = sizes.map((size) => {
    start += size;
    return slots?.slice(start - size, start);
  });
  if (slots) {
    walk.adjust(position, (kept, smaller) => {
      const needed = parts.map((part) => (part ? kept.count(part) : 0));
      if (sameList(splitSizes(smaller, kept.count(slots)), needed)) return [];
      const list: Adjustment =
        smaller.opset < 13
          ? { kind: 'ints', node: position, attribute: 'split', ints: needed }
          : { kind: 'input', node: position, input: 1, ints: needed };
      const counted = node.attributes.has('num_outputs');
      return [list, ...(counted ? [{ kind: 'without', node: position, attribute: 'num_outputs' } as const] : [])];
    });
  }
  return parts.map((part) => ({ ...x, axes: x.axes.with(axis, part) }));
}

export function slice(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const shape = inputShape(walk, node);
  const view = walk.view(node);
  const cuts = x && shape && cutsOf(view, shape);
  if (!x || !cuts) return undefined;
  const axes = [...x.axes];
  const changed: { readonly cut: Cut; readonly slots: Slots; readonly taken: Slots }[] = [];
  for (const cut of cuts) {
    const slots = x.axes[cut.axis];
    if (!slots) continue;
    if (cut.step !== 1) walk.pin(slots, `is sliced by steps of ${cut.step}`);
    const taken = Int32Array.from(cut.indices, (index) => slots[index] ?? fixedSlot);
    axes[cut.axis] = taken;
    if (cut.step === 1) changed.push({ cut, slots, taken });
  }
  if (changed.length > 0) walk.adjust(position, (kept, smaller) => slicedAgain(view, position, changed, kept, smaller));
  return [{ ...x, axes }];
}

function slicedAgain(
  view: NodeView,
  position: number,
  changed: readonly { readonly cut: Cut; readonly slots: Slots; readonly taken: Slots }[],
  kept: Kept,
  smaller: NodeView,
): Adjustment[] {
  const again = cutsOf(smaller, smaller.shape(0) ?? []);
  const needed = changed.map(({ cut, slots, taken }) => {
    const start = kept.count(slots.slice(0, cut.indices[0] ?? 0));
    return { cut, start, end: start + kept.count(taken) };
  });
  const isRight = needed.every(({ cut, start, end }) => {
    const own = again?.find(({ place }) => place === cut.place);
    return own?.indices.length === end - start && (end === start || own.indices[0] === start);
  });
  if (isRight) return [];
  const early = view.opset < 10;
  const list = (input: number, attribute: string) => [
    ...((early ? ints(view, attribute) : view.numbers(input)?.values) ?? []),
  ];
  const [starts, ends] = [list(1, 'starts'), list(2, 'ends')];
  for (const { cut, start, end } of needed) {
    starts[cut.place] = start;
    ends[cut.place] = end;
  }
  return [listed(position, view, 1, 'starts', starts), listed(position, view, 2, 'ends', ends)];
}

export function gather(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const view = walk.view(node);
  const axis = x && axisIn(x.axes.length, int({ node }, 'axis', 0));
  const indices = view.numbers(1);
  const places = view.shape(1);
  if (!x || axis === undefined || !places) return undefined;
  const slots = x.axes[axis];
  for (const other of x.axes.keys()) if (other !== axis) walk.role(x, other, 'produces');
  if (!indices || places.length > 1) {
    walk.pin(slots, 'is looked up by Gather');
    walk.pinValue(walk.read(node, position, 1), 'is what Gather looks up');
    return [{ ...x, axes: x.axes.toSpliced(axis, 1, ...places.map(() => undefined)) }];
  }
  const picked = indices.values.map((index) => (index < 0 ? index + (slots?.length ?? 0) : index));
  if (!slots) return [{ ...x, axes: x.axes.toSpliced(axis, 1, ...places.map(() => undefined)) }];
  const taken = Int32Array.from(picked, (index) => slots[index] ?? fixedSlot);
  if (places.length === 0) walk.pin(taken, 'is picked by Gather');
  walk.adjust(position, (kept, smaller) => {
    const needed = picked.flatMap((index) =>
      kept.has(slots[index] ?? fixedSlot) ? [kept.count(slots.slice(0, index))] : [],
    );
    const again = smaller.numbers(1)?.values.map((index) => (index < 0 ? index + kept.count(slots) : index));
    if (sameList(again, needed)) return [];
    return [
      { kind: 'input', node: position, input: 1, ints: needed, ...(places.length === 0 ? { scalar: true } : {}) },
    ];
  });
  return [{ ...x, axes: x.axes.toSpliced(axis, 1, ...(places.length === 0 ? [] : [taken])) }];
}

export function pad(walk: Walk, node: GraphNode, position: number) {
  const x = walk.read(node, position, 0);
  const view = walk.view(node);
  const pads = x && padsOf(view, x.axes.length);
  if (!x || !pads) return undefined;
  const grows = text(view, 'mode', 'constant') === 'constant';
  const around = new Map<number, readonly [before: Slots, behind: Slots]>();
  const axes = x.axes.map((slots, axis) => {
    const [before, behind] = at(pads, axis);
    if (!slots || (before === 0 && behind === 0)) return slots;
    if (!grows || before < 0 || behind < 0) {
      walk.pin(slots, 'is padded by its own channels, or cut');
      return undefined;
    }
    const [first, last] = [walk.sets.fresh(before), walk.sets.fresh(behind)];
    around.set(axis, [first, last]);
    return Int32Array.from([...first, ...slots, ...last]);
  });
  if (around.size > 0) {
    const early = view.opset < 11;
    const given = early ? (ints(view, 'pads') ?? []) : (view.numbers(1)?.values ?? []);
    walk.adjust(position, (kept, smaller) => {
      // Computed of sizes, they may be others by themselves.
      const again = early ? given : smaller.numbers(1)?.values;
      const needed = [...given];
      for (const [axis, [before, behind]] of around) {
        const named = (has(view, 3) ? view.numbers(3)?.values : undefined) ?? allOf(x.axes.length);
        const place = named.findIndex((each) => each === axis || each + x.axes.length === axis);
        needed[place] = kept.count(before);
        needed[place + named.length] = kept.count(behind);
      }
      return sameList(again, needed) ? [] : [listed(position, view, 1, 'pads', needed)];
    });
  }
  const value = has(view, 2) ? onlyOf(view.numbers(2)) : (view.floats('value')?.[0] ?? 0);
  return [{ ...x, axes, zero: x.zero && (!grows || value === 0) }];
}

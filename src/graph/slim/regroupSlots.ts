/** Slots through a Reshape: what it does to indices is done to them. */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';
import type { DisjointSlots, Slots } from './disjointSlots';
import type { Shape } from './nodeView';

export type AxisSlots = Slots | undefined;

/** Elements of axes that are split or merged together. Larger ones are pinned. */
const maxElements = 2 ** 22;

/** Axes `[from, to)` before and behind a reshape that have the same elements. */
interface Block {
  readonly before: readonly [from: number, to: number];
  readonly behind: readonly [from: number, to: number];
}

/**
 * What remains has to be a grid: of an axis that is split into several, slots stay apart along one of them, and are joined over
 * the others.
 */
export function regroupedSlots(
  sets: DisjointSlots,
  axes: readonly AxisSlots[],
  before: Shape,
  behind: Shape,
): readonly AxisSlots[] {
  const result = new Array<AxisSlots>(behind.length).fill(undefined);
  for (const block of blocksOf(before, behind)) {
    const [first, end] = block.before;
    const own = axes.slice(first, end);
    const slotted = own.flatMap((slots, i) => (slots ? [{ slots, axis: first + i }] : []));
    const kept = slotted.toSorted((a, b) => b.slots.length - a.slots.length)[0];
    if (!kept) continue;
    for (const { slots } of slotted) {
      if (slots !== kept.slots) pinAll(sets, slots, 'is merged with another axis that could lose channels');
    }
    const sizes = before.slice(first, end);
    const targets = behind.slice(...block.behind);
    const numel = numelOf(sizes);
    const wide = targets.flatMap((size, i) => (size > 1 ? [i] : []));
    if (numel > maxElements) {
      pinAll(sets, kept.slots, 'is merged into an axis of too many elements');
      continue;
    }
    const elements = repeated(kept.slots, numelOf(sizes.slice(kept.axis - first + 1)), numel);
    const [only] = wide;
    if (only !== undefined && wide.length === 1) result[block.behind[0] + only] = elements;
    else if (wide.length > 1) {
      const split = splitOver(sets, elements, targets, wide);
      result[block.behind[0] + split.axis] = split.slots;
    }
  }
  return result;
}

export function pinAll(sets: DisjointSlots, slots: AxisSlots, why: string): void {
  for (const slot of slots ?? []) sets.pin(slot, why);
}

/** The slot of each element of a block whose one slotted axis has `inner` elements behind each index. */
function repeated(slots: Slots, inner: number, numel: number): Slots {
  if (slots.length === numel) return slots;
  return Int32Array.from({ length: numel }, (_, element) => slots[Math.floor(element / inner) % slots.length] ?? 0);
}

/** Joins slots over all axes but the one along which most of them stay apart, the longest of such. */
function splitOver(sets: DisjointSlots, elements: Slots, targets: Shape, wide: readonly number[]) {
  const roots = elements.map((slot) => sets.rootOf(slot));
  const choices = wide.map((axis) => {
    const size = at(targets, axis);
    const inner = numelOf(targets.slice(axis + 1));
    return { axis, size, inner, apart: stayingApart(roots, size, inner) };
  });
  const [best] = choices.toSorted((a, b) => b.apart - a.apart || b.size - a.size);
  const { axis, size, inner } = best ?? at(choices, 0);
  const slots = new Int32Array(size).fill(-1);
  elements.forEach((slot, element) => {
    const index = Math.floor(element / inner) % size;
    const first = slots[index] ?? -1;
    if (first < 0) slots[index] = slot;
    else sets.join(first, slot);
  });
  return { axis, slots };
}

/** How many sets there are once elements of one index are joined. */
function stayingApart(roots: Slots, size: number, inner: number): number {
  const parents = new Map<number, number>();
  const top = (root: number) => {
    let up = root;
    for (let next = parents.get(up) ?? up; next !== up; next = parents.get(up) ?? up) up = next;
    return up;
  };
  const firsts = new Int32Array(size).fill(-1);
  roots.forEach((root, element) => {
    const index = Math.floor(element / inner) % size;
    const first = firsts[index] ?? -1;
    if (first < 0) firsts[index] = root;
    else if (first !== root) {
      const [a, b] = [top(first), top(root)];
      if (a !== b) parents.set(b, a);
    }
  });
  return new Set([...new Set(roots)].map(top)).size;
}

/** Runs of axes that have the same number of elements before and behind, as short as they can be. */
function blocksOf(before: Shape, behind: Shape): Block[] {
  const blocks: Block[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < behind.length) {
    const [first, second] = [i, j];
    let a = before[i++] ?? 1;
    let b = behind[j++] ?? 1;
    while (a !== b && (i < before.length || j < behind.length)) {
      if ((a < b && i < before.length) || j >= behind.length) a *= before[i++] ?? 1;
      else b *= behind[j++] ?? 1;
    }
    blocks.push({
      before: [first, Math.min(i, before.length)],
      behind: [second, Math.min(j, behind.length)],
    });
  }
  return blocks;
}

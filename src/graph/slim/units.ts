/** Units: channels that go together, with everything that their removal takes along. */
import { getOrInsert } from '../../lib/maps';
import { fixedSlot, type Slots } from './disjointSlots';
import type { SlottedWeight, Walk } from './walk';

/** Some indices of an axis of a tensor. */
export interface Removed {
  readonly weight: SlottedWeight;
  readonly axis: number;
  readonly indices: readonly number[];
  /** What the tensor's numbers there are to the unit. */
  readonly role: 'produces' | 'consumes' | 'goes along';
}

export interface Unit {
  /** Of all slots that are joined, the one that stands for them: the same in every walk over the same graph. */
  readonly slot: number;
  readonly removes: readonly Removed[];
  /** Units of one group are indices of the same axes, and count alike for what is kept of them. */
  readonly group: number;
  /** What comes of its channels where their own weights are zero is zero: nothing of it reaches others. */
  readonly zeroStays: boolean;
  /** It is summed over somewhere without weights of its own, which could be zero. */
  readonly summed: boolean;
}

/** Channels that stay. */
export interface Pinned {
  readonly slot: number;
  readonly holds: readonly Removed[];
  /** In words: `is an output of the model`. */
  readonly why: string;
}

export interface Units {
  readonly units: readonly Unit[];
  readonly pinned: readonly Pinned[];
}

/** In the order in which the graph uses what they are made of. */
export function unitsOf({ sets, weights, values, leaving, summed }: Walk): Units {
  const rootsOf = (slots: ReadonlySet<number>) => new Set([...slots].map((slot) => sets.rootOf(slot)));
  const [leave, sum] = [rootsOf(leaving), rootsOf(summed)];
  const bySlot = new Map<number, Removed[]>();
  for (const weight of weights) {
    weight.axes.forEach((slots, axis) => {
      const indices = new Map<number, number[]>();
      slots?.forEach((slot, index) => {
        const root = sets.rootOf(slot);
        if (root !== fixedSlot) getOrInsert(indices, root, () => []).push(index);
      });
      const role = (slots && weight.roles.get(slots)) ?? 'goes along';
      for (const [root, own] of indices) getOrInsert(bySlot, root, () => []).push({ weight, axis, indices: own, role });
    });
  }
  // Axes of values count for groups, too: a split may part what no tensor does.
  const axesOf = new Map<number, number[]>();
  let count = 0;
  const mark = (slots: Slots | undefined) => {
    if (!slots) return;
    const own = count++;
    const roots = new Set<number>();
    for (const slot of slots) roots.add(sets.rootOf(slot));
    for (const root of roots) getOrInsert(axesOf, root, () => []).push(own);
  };
  for (const { axes } of weights) axes.forEach(mark);
  for (const { axes } of values.values()) axes.forEach(mark);
  const groups = new Map<string, number>();
  const units: Unit[] = [];
  const pinned: Pinned[] = [];
  for (const [slot, removes] of [...bySlot].sort(([a], [b]) => a - b)) {
    const why = sets.pinOf(slot);
    if (why !== undefined) {
      // Places in kernels and the like never were channels.
      if (removes.some(({ role }) => role !== 'goes along')) pinned.push({ slot, holds: removes, why });
    } else {
      const axes = axesOf.get(slot)?.join() ?? '';
      const group = getOrInsert(groups, axes, () => groups.size);
      units.push({ slot, removes, group, zeroStays: !leave.has(slot), summed: sum.has(slot) });
    }
  }
  return { units, pinned };
}

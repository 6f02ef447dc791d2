/** Channels in another order: the same units, slots and plans, with all indices kept. The graph computes the same. */
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import {
  type KeptAxis,
  type PlannedTensor,
  planFormat,
  planVersion,
  type SlimPlan,
} from '../../tensors/graph/slimPlan';
import { fixedSlot } from './disjointSlots';
import type { AxisSlots } from './regroupSlots';
import type { Unit } from './units';
import type { SlottedWeight, Walk } from './walk';

/** Units that may change places with each other: indices of the same axes, which come in the same order everywhere. */
export interface PermutableSet {
  readonly group: number;
  /** In the order in which they stand. */
  readonly units: readonly Unit[];
  /** Weights that are multiplied with the channels, once for each. */
  readonly readers: readonly Reader[];
}

export interface Reader {
  readonly weight: SlottedWeight;
  readonly axis: number;
  /** One index of the axis for each unit, ascending. */
  readonly indices: readonly number[];
}

/**
 * Sets of at least `least` units. Left out is what takes the channels of a set in another order somewhere, or not as many of each: where
 * axes are cut or picked apart. So are sets that share a list with others, which a file holds once.
 */
export function permutableSets(walk: Walk, units: readonly Unit[], least: number): PermutableSet[] {
  const groups = new Map<number, Unit[]>();
  for (const unit of units) getOrInsert(groups, unit.group, () => []).push(unit);
  const groupOf = new Map(units.map(({ slot, group }) => [slot, group]));
  const places = new Map([...groups].map(([group, own]) => [group, new Map(own.map(({ slot }, i) => [slot, i]))]));
  const refused = sharing(walk, units);
  const check = (slots: AxisSlots) => {
    for (const [group, own] of byGroup(walk, groupOf, slots)) {
      if (!isInOrder(own, known(places, group))) refused.add(group);
    }
  };
  for (const { axes } of walk.weights) axes.forEach(check);
  for (const { axes } of walk.values.values()) axes.forEach(check);
  return [...groups].flatMap(([group, own]): PermutableSet[] => {
    if (refused.has(group) || own.length < least) return [];
    const readers = readersOf(own);
    return readers.length === 0 ? [] : [{ group, units: own, readers }];
  });
}

/** The roots of an axis' slots that are units, by their groups, as they come. */
function byGroup(walk: Walk, groupOf: ReadonlyMap<number, number>, slots: AxisSlots): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const slot of slots ?? []) {
    const root = slot === fixedSlot ? slot : walk.sets.rootOf(slot);
    const group = groupOf.get(root);
    if (group !== undefined) getOrInsert(found, group, () => []).push(root);
  }
  return found;
}

/** Whether the first places of all units, their second ones and so on are each in the order of the units. */
function isInOrder(roots: readonly number[], placeOf: ReadonlyMap<number, number>): boolean {
  const times = roots.length / placeOf.size;
  if (!Number.isInteger(times)) return false;
  const seen = new Map<number, number>();
  const next = new Int32Array(times);
  for (const root of roots) {
    const time = seen.get(root) ?? 0;
    if (time >= times || placeOf.get(root) !== next[time]) return false;
    next[time] = (next[time] ?? 0) + 1;
    seen.set(root, time + 1);
  }
  return true;
}

/** Groups of units that go with a tensor that stands for several. */
function sharing(walk: Walk, units: readonly Unit[]): Set<number> {
  const counts = new Map<string, number>();
  for (const { name } of walk.weights) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Set(
    units
      .filter(({ removes }) => removes.some(({ weight }) => (counts.get(weight.name) ?? 0) > 1))
      .map(({ group }) => group),
  );
}

function readersOf(units: readonly Unit[]): Reader[] {
  const [first] = units;
  if (!first) return [];
  return first.removes.flatMap(({ weight, axis, role }): Reader[] => {
    if (role !== 'consumes') return [];
    const indices = units.map(
      ({ removes }) => removes.find((each) => each.weight === weight && each.axis === axis)?.indices ?? [],
    );
    return indices.every((own) => own.length === 1)
      ? [{ weight, axis, indices: indices.map((own) => at(own, 0)) }]
      : [];
  });
}

/** @param orders by group: which of its units comes first, which second */
export function permutationPlan(
  walk: Walk,
  sets: readonly PermutableSet[],
  orders: ReadonlyMap<number, Int32Array>,
): SlimPlan {
  const cuts = new Map<SlottedWeight, Map<number, number[]>>();
  for (const { group, units } of sets) {
    const order = orders.get(group);
    if (!order) continue;
    units.forEach(({ removes }, place) => {
      const from = at(units, at(order, place));
      for (const { weight, axis, indices } of removes) {
        const axes = getOrInsert(cuts, weight, () => new Map<number, number[]>());
        const kept = getOrInsert(axes, axis, () => Array.from({ length: at(weight.shape, axis) }, (_, i) => i));
        const taken = from.removes.find((each) => each.weight === weight && each.axis === axis)?.indices ?? [];
        indices.forEach((index, i) => {
          kept[index] = at(taken, i);
        });
      }
    });
  }
  const tensors = walk.weights.flatMap((weight): PlannedTensor[] => {
    const axes = [...(cuts.get(weight) ?? [])]
      .map(([axis, kept]): KeptAxis => ({ axis, kept }))
      .filter(({ kept }) => kept.some((index, i) => index !== i))
      .sort((a, b) => a.axis - b.axis);
    return axes.length === 0 ? [] : [{ name: weight.name, shape: weight.shape, uses: weight.uses, axes }];
  });
  const { nodes } = walk.contents.graph;
  return { format: planFormat, version: planVersion, nodes: nodes.length, tensors, adjustments: [], reshaped: [] };
}

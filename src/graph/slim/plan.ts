/** What becomes of a graph whose chosen units go: kept indices by tensor and axis, and what its nodes say otherwise then. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { isConstant } from '../../tensors/graph/graph';
import {
  type Adjustment,
  type KeptAxis,
  type PlannedTensor,
  planFormat,
  planVersion,
  type SlimPlan,
} from '../../tensors/graph/slimPlan';
import { evaluated } from './arithmetic';
import { fixedSlot, type Slots } from './disjointSlots';
import type { Shape } from './nodeView';
import { smallerShape } from './reshaping';
import { viewOf } from './shapes';
import type { Unit } from './units';
import type { Kept, Walk } from './walk';

export type { KeptAxis, PlannedTensor, SlimPlan } from '../../tensors/graph/slimPlan';

export interface Rounding {
  /** Kept channels of a group are rounded up to a multiple of it, where the group has at least two times as many. */
  readonly multiple: number;
  /** At least as many channels stay of every group. */
  readonly least: number;
}

/** Runtimes compute blocks of channels: odd counts made models slower than they were. */
export const defaultRounding: Rounding = { multiple: 8, least: 4 };
export const noRounding: Rounding = { multiple: 1, least: 1 };
/** Of groups that are narrower than two multiples. */
const narrowMultiple = 4;

/**
 * Which of the chosen units go, once groups are rounded: those that are restored are the last chosen.
 * @param chosen those that matter least first
 */
export function rounded(
  walk: Walk,
  units: readonly Unit[],
  chosen: readonly Unit[],
  { multiple, least }: Rounding = defaultRounding,
): Unit[] {
  const all = new Map<number, number>();
  for (const { group } of units) all.set(group, (all.get(group) ?? 0) + 1);
  const byGroup = new Map<number, Unit[]>();
  for (const unit of chosen) getOrInsert(byGroup, unit.group, () => []).push(unit);
  const gone = new Set<Unit>();
  for (const [group, own] of byGroup) {
    const count = all.get(group) ?? own.length;
    const width = widthOf(at(own, 0));
    const step = stepOf(count, width, { multiple, least });
    const kept = Math.ceil(Math.max(count - own.length, least / width, 1) / step) * step;
    for (const unit of own.slice(0, Math.max(0, count - kept))) gone.add(unit);
  }
  return leavingSome(
    walk,
    chosen.filter((unit) => gone.has(unit)),
  );
}

/** Channels that a unit is at least, wherever it is. */
function widthOf({ removes }: Unit): number {
  return Math.min(...removes.map(({ indices }) => indices.length));
}

/** By how many units the number of those that are kept of a group changes. */
function stepOf(count: number, width: number, { multiple }: Rounding): number {
  const by = count * width >= 2 * multiple ? multiple : Math.min(multiple, narrowMultiple);
  return by / commonDivisor(by, width);
}

/** How many of a group's units may go so that rounding restores none, ascending, from none on. */
export function removableCounts(group: readonly Unit[], rounding: Rounding = defaultRounding): number[] {
  const [first] = group;
  if (!first) return [0];
  const width = widthOf(first);
  const step = stepOf(group.length, width, rounding);
  const least = Math.ceil(Math.max(rounding.least / width, 1) / step) * step;
  const counts = [0];
  const largest = Math.floor((group.length - 1) / step) * step;
  for (let kept = largest; kept >= least; kept -= step) counts.push(group.length - kept);
  return counts;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** No axis of a tensor or of a value may lose all of its indices. */
function leavingSome(walk: Walk, gone: readonly Unit[]): Unit[] {
  const left = new Map(gone.map((unit) => [unit.slot, unit]));
  const { sets } = walk;
  for (const slots of axesOf(walk)) {
    const roots = [...slots].map((slot) => sets.rootOf(slot));
    if (roots.length === 0 || !roots.every((root) => left.has(root))) continue;
    const last = gone.findLast(({ slot }) => roots.includes(slot));
    if (last) left.delete(last.slot);
  }
  return [...left.values()];
}

function* axesOf({ weights, values }: Walk): Generator<Slots> {
  for (const { axes } of weights) for (const slots of axes) if (slots) yield slots;
  for (const { axes } of values.values()) for (const slots of axes) if (slots) yield slots;
}

/** What is left of axes once units are gone. */
export function keptWithout({ sets }: Walk, gone: readonly Unit[]): Kept {
  const roots = new Set(gone.map(({ slot }) => slot));
  const has = (slot: number) => slot === fixedSlot || !roots.has(sets.rootOf(slot));
  const counts = new Map<Slots, number>();
  return {
    has,
    count: (slots) => getOrInsert(counts, slots, () => slots.reduce((count, slot) => count + (has(slot) ? 1 : 0), 0)),
  };
}

/** Shapes of values, by name, once units are gone. */
export function smallerShapes(walk: Walk, kept: Kept): Map<string, Shape> {
  return new Map([...walk.shapes.shapes].map(([name, shape]) => [name, smallerShape(shape, walk.axesOf(name), kept)]));
}

/** @param gone as `rounded` gives them */
export function planOf(walk: Walk, gone: readonly Unit[]): SlimPlan {
  const { contents, shapes, weights } = walk;
  const kept = keptWithout(walk, gone);
  const smaller = smallerShapes(walk, kept);
  const tensors = weights.flatMap(({ name, shape, uses, axes, zeroable }): PlannedTensor[] => {
    const cut = axes.flatMap((slots, axis): KeptAxis[] => {
      if (!slots || kept.count(slots) === slots.length) return [];
      return [{ axis, kept: [...slots.keys()].filter((index) => kept.has(slots[index] ?? fixedSlot)) }];
    });
    return cut.length === 0 ? [] : [{ name, shape, uses, axes: cut, ...(zeroable ? {} : { neverZeroed: true }) }];
  });
  const reshaped = [...smaller].flatMap(([name, shape]) => {
    const before = shapes.shapes.get(name) ?? [];
    return shape.every((size, axis) => size === before[axis]) ? [] : [name];
  });
  return {
    format: planFormat,
    version: planVersion,
    nodes: contents.graph.nodes.length,
    tensors,
    adjustments: adjustmentsOf(walk, kept, smaller),
    reshaped,
  };
}

/** Numbers that are computed of shapes follow them: only what comes out wrong is said otherwise. */
function adjustmentsOf(walk: Walk, kept: Kept, smaller: ReadonlyMap<string, Shape>): Adjustment[] {
  const { contents, shapes, adjusters } = walk;
  const numbers = new Map(shapes.numbers);
  const atNode = new Map<number, (typeof adjusters)[number][]>();
  for (const each of adjusters) getOrInsert(atNode, each.node, () => []).push(each);
  return contents.graph.nodes.flatMap((node, position) => {
    if (isConstant(node)) return [];
    const view = viewOf(contents, node, smaller, numbers);
    const isKnown = node.outputs.some((name) => shapes.numbers.has(name));
    const again = isKnown ? evaluated(view) : undefined;
    again?.forEach((each, i) => {
      const name = node.outputs[i];
      if (name) numbers.set(name, each);
    });
    return (atNode.get(position) ?? []).flatMap(({ adjust }) => adjust(kept, view));
  });
}

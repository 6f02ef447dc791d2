/** Channels that go together, as masks take them. */
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import type { Channels, ChannelUnit, SlicesOfAxis } from './channelGroups';
import { type Mask, noRule, type Outcome } from './resolution';

export type * from './channelGroups';

export type Outcomes = ReadonlyMap<TensorId, Outcome>;

export type SlicesMask = Extract<Mask, { kind: 'slices' }>;

/** What makes units zero, by tensor. */
export function slicesOf(units: Iterable<Pick<ChannelUnit, 'takes'>>): Map<TensorId, SlicesMask> {
  const byTensor = new Map<TensorId, Map<number, Set<number>>>();
  for (const { takes } of units) {
    for (const { tensor, axis, indices } of takes) {
      const ofAxis = getOrInsert(
        getOrInsert(byTensor, tensor, () => new Map()),
        axis,
        () => new Set(),
      );
      for (const index of indices) ofAxis.add(index);
    }
  }
  return new Map([...byTensor].map(([tensor, axes]) => [tensor, { kind: 'slices', cuts: cutsOf(axes) }]));
}

function cutsOf(axes: ReadonlyMap<number, ReadonlySet<number>>): SlicesOfAxis[] {
  return [...axes]
    .sort(([a], [b]) => a - b)
    .map(([axis, indices]) => ({ axis, indices: [...indices].sort((a, b) => a - b) }));
}

/** How many elements of a tensor are in slices. */
export function takenBySlices({ cuts }: SlicesMask, shape: readonly number[]): number {
  const gone = new Map(cuts.map(({ axis, indices }) => [axis, indices.length]));
  const all = shape.reduce((product, size) => product * size, 1);
  return all - shape.reduce((product, size, axis) => product * (size - (gone.get(axis) ?? 0)), 1);
}

/**
 * Outcomes with units gone as well: their producers' rows and consumers' columns. Other masks stay on what remains.
 * @param slots of units that go
 * @returns counts as they were, which are not exact any more; tensors that no rule decides for have `noRule`
 */
export function withoutUnits(outcomes: Outcomes, { groups }: Channels, slots: Iterable<number>): Outcomes {
  const wanted = new Set(slots);
  const gone = groups.flatMap(({ units }) => units.filter(({ slot }) => wanted.has(slot)));
  const made = new Map(outcomes);
  for (const [tensor, mask] of slicesOf(gone)) {
    const before = outcomes.get(tensor);
    made.set(tensor, {
      rule: before?.rule ?? noRule,
      program: [...(before?.program ?? []), mask],
      pruned: before?.pruned ?? 0,
      zeros: before?.zeros ?? 0,
      exact: false,
    });
  }
  return made;
}

/** Channels that go together: data beside the statistics, as norms of inputs are. A graph tells them. */
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import { type Mask, noRule, type Outcome, type SlicesOfAxis } from './resolution';

export interface Channels {
  /** Other channels or other scores have another. */
  readonly key: string;
  /** Name of the file that told them. */
  readonly graph: string;
  readonly score: UnitScore;
  readonly groups: readonly ChannelGroup[];
  readonly pinned: readonly PinnedChannels[];
}

/**
 * What scores are made of. `energy`: E[x²] of the channel times the sum of squares of what it is multiplied with. `norm figures`:
 * what batch norms say of the channel, times the norm of that. `consumers`: the norm of that alone.
 */
export type UnitScore = 'energy' | 'norm figures' | 'consumers';

/** Units that are indices of the same axes. One of them stays whatever goes. */
export interface ChannelGroup {
  readonly id: number;
  /** The first layer that gives them. */
  readonly name: string;
  /** In the order of their slots. */
  readonly units: readonly ChannelUnit[];
}

export interface ChannelUnit {
  /** Names it, in every plan and recipe of the same graph. */
  readonly slot: number;
  readonly score: number;
  /** It can go without any change to the outputs. */
  readonly dead: boolean;
  /** What the model loses with it alone. */
  readonly macs: number;
  readonly parameters: number;
  /** What becomes zero with it. */
  readonly takes: readonly TakenSlices[];
}

export interface TakenSlices extends SlicesOfAxis {
  /** Of the checkpoint. */
  readonly tensor: TensorId;
  readonly role: 'produces' | 'consumes' | 'goes along';
}

/** Channels that stay, and why. */
export interface PinnedChannels {
  readonly tensor: TensorId;
  readonly axis: number;
  readonly count: number;
  /** In words: `is an output of the model`. */
  readonly why: string;
}

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

/** How many groups a tensor has, and how many weights they hold. */
import { at } from '../lib/known';
import { numelOf } from '../tensors/tensor';
import type { Score, ScoredGroups } from './score';

/** Scores a tensor of `shape` has: one for each weight, or one for each group. */
export function scoreCountOf(shape: readonly number[], { groups }: Score): number {
  return groups === undefined ? numelOf(shape) : groupCountOf(shape, groups);
}

export function groupCountOf(shape: readonly number[], { axes }: ScoredGroups): number {
  return axes.reduce((count, { axis, size }) => count * Math.ceil(at(shape, axis) / size), 1);
}

/** Weights in each group; undefined where the groups at an edge are smaller than the others. */
export function groupSizeOf(shape: readonly number[], groups: ScoredGroups): number | undefined {
  const isRagged = groups.axes.some(({ axis, size }) => at(shape, axis) % size !== 0);
  return isRagged ? undefined : numelOf(shape) / Math.max(1, groupCountOf(shape, groups));
}

/** How many groups a tensor has, and how many weights they hold. */
import { numelOf, sizeAlong } from '../tensors/tensor';
import type { Score, ScoredGroups } from './score';

/** Scores a tensor of `shape` has: one for each weight, or one for each group. */
export function scoreCountOf(shape: readonly number[], { groups }: Score): number {
  return groups === undefined ? numelOf(shape) : groupCountOf(shape, groups);
}

export function groupCountOf(shape: readonly number[], groups: ScoredGroups): number {
  switch (groups.kind) {
    case 'dim':
      return shape[groups.axis]!;
    case 'kernel':
      return sizeAlong(shape, [...(groups.copies ?? []), groups.outputs, groups.inputs]);
    case 'block': {
      const [r, c] = groups.size;
      const blocks = Math.ceil(shape[groups.outputs]! / r) * Math.ceil(shape[groups.inputs]! / c);
      return sizeAlong(shape, groups.copies ?? []) * blocks;
    }
  }
}

/** Weights in each group; undefined where the blocks at an edge are smaller than the others. */
export function groupSizeOf(shape: readonly number[], groups: ScoredGroups): number | undefined {
  const isRagged =
    groups.kind === 'block' &&
    (shape[groups.outputs]! % groups.size[0] !== 0 || shape[groups.inputs]! % groups.size[1] !== 0);
  return isRagged ? undefined : numelOf(shape) / Math.max(1, groupCountOf(shape, groups));
}

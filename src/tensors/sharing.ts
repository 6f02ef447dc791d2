/** Which tensors share weights, element by element, and under which of them those are pruned. */
import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { type ByteSet, byteSetOf, type Relation, SetComparison } from './byteSet';
import { canBePruned } from './prunability';
import type { Role } from './role';
import type { TensorId, TensorInfo } from './tensor';

/**
 * Tensors that reach over one place of a storage and are told apart there: those without a common element are streamed side by
 * side, each with some 0.5 MB of counts. Real files have three (q, k, v) or four (gates).
 */
const mostAbreast = 128;
/** What comes on top of them owns nothing, and is compared with so many, so that views of one tensor still know it. */
const comparedBeyond = 2;
/** What comparing may cost a file, in seconds and in memory; so much for each tensor besides, so that large files have theirs. */
const limits = { pairs: 2 ** 19, steps: 2 ** 20, pairsEach: 4, stepsEach: 16 };

/** Tensors with the same elements, and what they have in common with others. */
interface Group {
  readonly set: ByteSet;
  readonly dtype: TensorInfo['dtype'];
  /** In the order of the file. */
  readonly names: TensorId[];
  /** Under which name the elements would be pruned. */
  first: TensorId;
  /** See `rankOf`. */
  rank: number;
  readonly shared: { readonly other: Group; readonly relation: Relation }[];
  isBeyond: boolean;
  isOwner: boolean;
}

/** One role per tensor, by index. Tensors without an addressable storage own themselves. */
export function rolesOf(tensors: readonly TensorInfo[]): Role[] {
  const roles: Role[] = tensors.map(() => ({ kind: 'owner' }));
  const comparing = {
    sets: new SetComparison(limits.steps + limits.stepsEach * tensors.length),
    pairsLeft: limits.pairs + limits.pairsEach * tensors.length,
  };
  for (const groups of groupsByStorage(tensors)) {
    relate(groups, comparing);
    chooseOwners(groups);
    for (const group of groups) {
      for (const id of group.names) if (id !== group.first || !group.isOwner) roles[id] = roleOf(id, group, tensors);
    }
  }
  return roles;
}

function groupsByStorage(tensors: readonly TensorInfo[]): Group[][] {
  const tensorsIn = new Map<number, number>();
  for (const { storage } of tensors) tensorsIn.set(storage, (tensorsIn.get(storage) ?? 0) + 1);
  const storages = new Map<number, Map<string, Group>>();
  tensors.forEach((tensor, id) => {
    const mayShare = tensor.storage >= 0 && known(tensorsIn, tensor.storage) > 1;
    const set = mayShare ? byteSetOf(tensor) : undefined;
    if (!set) return;
    const groups = getOrInsert(storages, tensor.storage, () => new Map<string, Group>());
    const rank = rankOf(tensor);
    const { dtype } = tensor;
    const group = getOrInsert(
      groups,
      keyOf(tensor, set),
      (): Group => ({ set, dtype, names: [], first: id, rank, shared: [], isBeyond: false, isOwner: false }),
    );
    group.names.push(id);
    if (rank >= group.rank) return;
    group.first = id;
    group.rank = rank;
  });
  return [...storages.values()].map((groups) => [...groups.values()]);
}

/** Equal for tensors with the same elements. */
function keyOf({ dtype, shape, strides }: TensorInfo, { start, axes, run, isExact }: ByteSet): string {
  if (!isExact) return `${dtype} ${start} as ${shape} by ${strides}`;
  return `${dtype} ${start} ${run} ${axes.map(({ size, stride }) => `${size}x${stride}`)}`;
}

/** Of tensors that share elements, one of the lowest rank owns them: what is pruned by default comes before what never is. */
function rankOf(tensor: TensorInfo): number {
  if (!canBePruned(tensor)) return 3;
  if (tensor.kind === 'buffer') return 2;
  return tensor.shape.length < 2 ? 1 : 0;
}

/** Sweeps over the storage: only what reaches over one place is compared. */
function relate(groups: Group[], comparing: { readonly sets: SetComparison; pairsLeft: number }): void {
  // Whatever is around a tensor comes before it.
  groups.sort((a, b) => a.set.start - b.set.start || b.set.end - a.set.end || a.first - b.first);
  let abreast: Group[] = [];
  for (const group of groups) {
    abreast = abreast.filter(({ set }) => set.end > group.set.start);
    group.isBeyond = abreast.length >= Math.min(mostAbreast, comparing.pairsLeft);
    const compared = group.isBeyond ? abreast.slice(0, comparedBeyond) : abreast;
    comparing.pairsLeft -= group.isBeyond ? 0 : compared.length;
    for (const other of compared) {
      const relation = comparing.sets.relationOf(group.set, other.set);
      if (relation === 'apart') continue;
      group.shared.push({ other, relation });
      other.shared.push({ other: group, relation: inverse[relation] });
    }
    if (!group.isBeyond) abreast.push(group);
  }
}

const inverse: Readonly<Record<Relation, Relation>> = {
  apart: 'apart',
  same: 'same',
  inside: 'around',
  around: 'inside',
  partly: 'partly',
  unknown: 'unknown',
};

/** By rank, then the larger, which may be around the others; each that has nothing in common with those before it. */
function chooseOwners(groups: readonly Group[]): void {
  const inOrder = [...groups].sort((a, b) => a.rank - b.rank || b.set.size - a.set.size || a.first - b.first);
  for (const group of inOrder) {
    group.isOwner = !group.isBeyond && group.shared.every(({ other }) => !other.isOwner);
  }
}

function roleOf(id: TensorId, group: Group, tensors: readonly TensorInfo[]): Role {
  if (group.isOwner) return { kind: 'tied', owner: group.first };
  const withOwners = group.shared.filter(({ other }) => other.isOwner);
  const owners = withOwners.map(({ other }) => other.first).sort((a, b) => a - b);
  const [only] = withOwners;
  if (only && withOwners.length === 1 && only.other.dtype === group.dtype) {
    if (only.relation === 'same') return { kind: 'tied', owner: only.other.first };
    if (only.relation === 'inside') return { kind: 'view', owner: only.other.first };
  }
  const isAroundThem = withOwners.every(
    ({ other, relation }) => relation === 'around' && other.dtype === group.dtype && other.rank < 3,
  );
  const isFlat = at(tensors, id).shape.length < 2 && owners.length > 0 && isAroundThem;
  return isFlat ? { kind: 'flat', parts: owners } : { kind: 'entangled', owners };
}

/** Locked layers: they keep what they are set to, whatever is done to the others. Locks are part of the recipe. */
import { isLockedIn } from '../engine/recipe/overruled';
import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { type Lockable, lock, unlock } from '../pruning/locks';
import type { Recipe, Rule } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import { listsOnlyNames } from '../pruning/ruleLists';
import { followersIn } from '../pruning/twins';
import { ownersNamed } from '../tensors/owners';
import type { TensorId } from '../tensors/tensor';
import type { Layer } from './checkpointSlice';

const none: ReadonlySet<TensorId> = new Set();
const lastIds = new WeakMap<
  readonly Layer[],
  { readonly locked: Recipe['locked']; readonly ids: ReadonlySet<TensorId> }
>();

/**
 * The tensors that the recipe has locked, other names of the same weights with them. The same set for the same locks and layers.
 * @param layers of the checkpoint: an id is an index
 */
export function lockedIn({ locked }: Pick<Recipe, 'locked'>, layers: readonly Layer[]): ReadonlySet<TensorId> {
  if (!locked?.length) return none;
  const last = lastIds.get(layers);
  if (last?.locked === locked) return last.ids;
  const isLocked = isLockedIn(locked, layers);
  const ids = new Set(
    layers.filter(canLock).flatMap((layer) => (isLocked(layer) ? [layer.id, ...layer.alsoNamed] : [])),
  );
  lastIds.set(layers, { locked, ids });
  return ids;
}

/** What no recipe can prune needs no lock. */
export function canLock({ prunable }: Pick<Layer, 'prunable'>): boolean {
  return prunable;
}

/** @param resolveHere what a recipe makes of the candidates */
export function withLocked(
  recipe: Recipe,
  layers: readonly Layer[],
  candidates: readonly Candidate[],
  ids: readonly TensorId[],
  isLocked: boolean,
  resolveHere: (recipe: Recipe) => Resolution,
): Recipe {
  const { originals } = followersIn(recipe, candidates);
  const owners = ownersNamed(ids, layers).map((owner) => at(layers, originals.get(owner.id)?.id ?? owner.id));
  const all = layers.filter(canLock);
  const byLayer = new Map(all.map((layer): [Layer, Lockable] => [layer, lockableOf(layer, layers)]));
  const meant = owners.flatMap((owner) => byLayer.get(owner) ?? []);
  return isLocked ? lock(recipe, candidates, meant, resolveHere) : unlock(recipe, meant, [...byLayer.values()]);
}

/**
 * Tensors with a setting of their own, which an edit of the whole model would override: those that rules name where another
 * decides for what is not named. A rule that names more than half of all is what the model is pruned by.
 */
export function setApart(deciding: ReadonlyMap<TensorId, Rule>, candidates: readonly Candidate[]): TensorId[] {
  const open = candidates.filter(({ id, locked }) => !locked && deciding.has(id));
  const byRule = new Map<Rule, TensorId[]>();
  for (const { id } of open) getOrInsert(byRule, known(deciding, id), () => []).push(id);
  const isBroad = ([rule, ids]: readonly [Rule, readonly TensorId[]]) =>
    !listsOnlyNames(rule) || ids.length > open.length / 2;
  const groups = [...byRule];
  if (!groups.some(isBroad)) return [];
  return groups.filter((group) => !isBroad(group)).flatMap(([, ids]) => ids);
}

function lockableOf({ name, alsoNamed, sharedBy = [] }: Layer, layers: readonly Layer[]): Lockable {
  return { name, aliases: [...alsoNamed, ...sharedBy].map((id) => at(layers, id).name) };
}

/** Locked layers: they keep what they are set to, whatever is done to the others. Locks are part of the recipe. */
import { isLockedIn } from '../engine/recipe/overruled';
import { at } from '../lib/known';
import { type Lockable, lock, unlock } from '../pruning/locks';
import type { Recipe } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import { followersIn } from '../pruning/twins';
import { ownersNamed } from '../tensors/owners';
import type { TensorId } from '../tensors/tensor';
import type { Layer } from './checkpointSlice';

const none: ReadonlySet<TensorId> = new Set();
const known = new WeakMap<
  readonly Layer[],
  { readonly locked: Recipe['locked']; readonly ids: ReadonlySet<TensorId> }
>();

/**
 * The tensors that the recipe has locked, other names of the same weights with them. The same set for the same locks and layers.
 * @param layers of the checkpoint: an id is an index
 */
export function lockedIn({ locked }: Pick<Recipe, 'locked'>, layers: readonly Layer[]): ReadonlySet<TensorId> {
  if (!locked?.length) return none;
  const last = known.get(layers);
  if (last?.locked === locked) return last.ids;
  const isLocked = isLockedIn(locked, layers);
  const ids = new Set(
    layers.filter(canLock).flatMap((layer) => (isLocked(layer) ? [layer.id, ...layer.alsoNamed] : [])),
  );
  known.set(layers, { locked, ids });
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

function lockableOf({ name, alsoNamed, sharedBy = [] }: Layer, layers: readonly Layer[]): Lockable {
  return { name, aliases: [...alsoNamed, ...sharedBy].map((id) => at(layers, id).name) };
}

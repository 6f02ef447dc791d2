/** Repaired weights in files beside recipes. */
import { CheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';
import { hasRepair, type Repair } from '../pruning/repair';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';

/** @throws CheckpointError whatever the engine throws, `unsupported-feature` where no checkpoint is open */
export async function openRepair(
  { get, engine }: StudioContext<CheckpointSlice>,
  file: File,
  signal: AbortSignal,
): Promise<Repair> {
  if (get().checkpoint) return engine.call('openRepair', { file }, { signal });
  throw new CheckpointError(
    'unsupported-feature',
    'These are the repaired weights of a recipe, and no checkpoint is open.',
    {
      file: file.name,
      advice: 'Drop them together with the checkpoint and the recipe.',
    },
  );
}

/**
 * Masks that were placed on repaired weights are others without them.
 * @param name of the recipe @throws CheckpointError `repair-missing`
 */
export function assertRepairIsHere(recipe: Recipe, name: string, isHeld: (recipe: Recipe) => boolean): void {
  if (!recipe.repair?.between || !hasRepair(recipe) || isHeld(recipe)) return;
  throw new CheckpointError(
    'repair-missing',
    `${name} repairs between its steps, so that it prunes other weights without the repaired ones.`,
    { advice: 'Drop the file that was saved beside it (…-repair.safetensors) together with it.' },
  );
}

/** @throws CheckpointError `unsupported-feature` where it was made for another recipe than the one at hand */
export function assertIsOfRecipe({ inputs }: Repair, isOfRecipe: boolean): void {
  if (isOfRecipe) return;
  throw new CheckpointError(
    'unsupported-feature',
    `These are the repaired weights of another recipe than the one at hand (fitted to ${inputs}).`,
    { advice: 'Drop them together with the recipe that was saved beside them.' },
  );
}

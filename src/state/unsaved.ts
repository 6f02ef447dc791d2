/** Whether there is work that only this page holds: one definition for all who would take it away. */
import { isEqual } from '../lib/equal';
import type { Recipe } from '../pruning/recipe';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import type { RecipeSlice } from './recipeSlice';

export interface UnsavedSlice {
  /** What the file came with, or what was exported or saved last; null while nothing is open. */
  readonly savedRecipe: Recipe | null;
  /** A recipe lies in a file: nothing of it is lost with the page. @param recipe absent: the one at hand */
  markSaved(recipe?: Recipe): void;
}

type Known = UnsavedSlice & Pick<RecipeSlice, 'recipe'> & Pick<CheckpointSlice, 'checkpoint'>;

export function createUnsavedSlice({ get, set }: StudioContext<Known>): UnsavedSlice {
  return { savedRecipe: null, markSaved: (recipe = get().recipe) => set({ savedRecipe: recipe }) };
}

/** The recipe was changed since the file was opened, and since it was last exported or saved. Undone work is no work. */
export function hasUnsavedWork({ checkpoint, recipe, savedRecipe }: Known): boolean {
  return checkpoint !== null && savedRecipe !== null && !isEqual(recipe, savedRecipe);
}

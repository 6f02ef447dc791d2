/** A schedule's recipes as one download. */
import { textArchive } from '../engine/page/textArchive';
import { formatRecipe } from '../pruning/parseRecipe';
import type { Recipe } from '../pruning/recipe';
import { download } from './download';

/**
 * A zip of one JSON for each recipe, numbered in their order: each is applied to the checkpoint that training made of the
 * one before, so they cannot be the steps of one recipe.
 * @param stem of the names: `resnet` gives `resnet-gradual.zip` with `resnet-step-01.recipe.json`, …
 */
export function downloadRecipes(recipes: readonly Recipe[], stem: string): void {
  const digits = Math.max(2, String(recipes.length).length);
  const files = recipes.map((recipe, i) => ({
    name: `${stem}-step-${String(i + 1).padStart(digits, '0')}.recipe.json`,
    text: formatRecipe(recipe),
  }));
  download(textArchive(files), `${stem}-gradual.zip`);
}

/** What was dropped or chosen together: checkpoints, and beside them a recipe and the norms that it needs. */
import { isActivationsFile } from '../engine/page/activationsHead';

export interface Dropped {
  readonly checkpoints: readonly File[];
  /** Norms of inputs. */
  readonly norms: readonly File[];
  /** Text of the recipe. */
  readonly recipe?: string;
}

/** A JSON file larger than this is no recipe of ours. */
const recipeLimit = 4 * 2 ** 20;

/** What every recipe has, or says it is. */
const recipeWords = /"(rules|steps)"\s*:|secateur-recipe/;

/**
 * A `.json` is the recipe when it comes with a checkpoint, or when it reads like one; any other is passed on as a
 * checkpoint, so that it is named for what it is, and what is open stays.
 */
export async function sortDropped(files: readonly File[]): Promise<Dropped> {
  const areNorms = await Promise.all(files.map(isActivationsFile));
  const norms = files.filter((_, i) => areNorms[i]);
  const rest = files.filter((_, i) => !areNorms[i]);
  const jsons = rest.filter((file) => /\.json$/i.test(file.name) && file.size <= recipeLimit);
  const others = rest.filter((file) => !jsons.includes(file));
  const [json] = jsons;
  if (!json) return { checkpoints: others, norms };
  const text = await json.text();
  if (others.length > 0 || recipeWords.test(text)) return { checkpoints: others, norms, recipe: text };
  return { checkpoints: rest, norms };
}

/** From a recipe to an exact resolution: resolve, look into the bins it asks for, resolve again. */
import type { Recipe } from '../pruning/recipe';
import { type BinRequest, type Candidate, type Resolution, refinementKey } from '../pruning/resolution';
import { resolve } from '../pruning/resolve';
import type { RefinedBin } from '../tensors/statistics';

/**
 * @param refinements bins already looked into; grows by what this settles
 * @param refine one pass over the bins asked for, in order
 */
export async function settle(
  recipe: Recipe,
  candidates: readonly Candidate[],
  refinements: Map<string, RefinedBin>,
  refine: (requests: readonly BinRequest[]) => Promise<readonly RefinedBin[]>,
): Promise<Resolution> {
  for (;;) {
    const resolution = resolve(recipe, candidates, refinements);
    const missing = resolution.pending.filter((request) => !refinements.has(refinementKey(request)));
    if (missing.length === 0) return resolution;
    const bins = await refine(missing);
    bins.forEach((bin, i) => {
      refinements.set(refinementKey(missing[i]!), bin);
    });
  }
}

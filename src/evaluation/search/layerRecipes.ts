/** Recipes that the searches try: one layer alone, a sparsity for each layer, one threshold for all. */
import { at } from '../../lib/known';
import { population } from '../../pruning/decide';
import { exactPattern } from '../../pruning/glob';
import { aroundLocks } from '../../pruning/locks';
import type { Amount, Recipe, Rule } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import { withRules } from '../../pruning/ruleLists';

/** The layers that a recipe prunes or could prune: those that are in, or all that are prunable by default. */
export function layersIn(recipe: Recipe, candidates: readonly Candidate[]): readonly Candidate[] {
  const isIn = population(recipe, candidates);
  const layers = candidates.filter(({ id }) => isIn.has(id));
  return layers.length > 0 ? layers : candidates.filter(({ byDefault }) => byDefault);
}

/** Shares are kept to what a person can read; a layer of a million weights moves by a hundred. */
const digits = 1e4;

/**
 * @param base that the layers come from: what tensors are, by hand, and what is locked stay as they are
 * @param sparsities one per layer, 0 to 1
 */
export function recipePerLayer(base: Recipe, layers: readonly Candidate[], sparsities: readonly number[]): Recipe {
  const rules = layers.map(({ name }, i) => {
    const sparsity = Math.round(at(sparsities, i) * digits) / digits;
    return magnitudeRule([exactPattern(name)], 'layer', { sparsity });
  });
  return aroundLocks(base, layers, (free) => withRules(free, rules));
}

/** One global magnitude threshold over the layers. */
export function globalRecipe(base: Recipe, layers: readonly Candidate[], amount: Amount): Recipe {
  const patterns = layers.map(({ name }) => exactPattern(name));
  return aroundLocks(base, layers, (free) => withRules(free, [magnitudeRule(patterns, 'global', amount)]));
}

function magnitudeRule(tensors: readonly string[], scope: Rule['scope'], amount: Amount): Rule {
  return { tensors, criterion: 'magnitude', granularity: 'weight', scope, amount };
}

/** Edits of what a recipe says beside its rules. Pure: recipe in, recipe out. Patterns are globs; see `exactPattern`. */
import type { LayerKind } from '../tensors/tensor';
import { population } from './decide';
import { setIncluded } from './edit';
import type { Recipe } from './recipe';
import type { LayerEntry } from './recipeHead';
import type { Candidate } from './resolution';

/** What tensors are, whatever the file tells. */
export function setKind(recipe: Recipe, patterns: readonly string[], kind: LayerKind): Recipe {
  return overrule(recipe, patterns, { kind });
}

/** Which dimensions of tensors count outputs and inputs. */
export function setAxes(
  recipe: Recipe,
  patterns: readonly string[],
  axes: Pick<LayerEntry, 'outputs' | 'inputs'>,
): Recipe {
  return overrule(recipe, patterns, axes);
}

/** Tensors are what the file tells again, as far as entries mean no others. */
export function asJudged(recipe: Recipe, patterns: readonly string[]): Recipe {
  return withLayers(recipe, withoutPatterns(recipe.layers ?? [], patterns));
}

/** A model takes the masks of another. Models that took its own take them from there, too. */
export function followTwin(recipe: Recipe, model: string, of: string): Recipe {
  const twins = (recipe.twins ?? []).filter((twin) => twin.model !== model && twin.model !== of);
  const redirected = twins.map((twin) => (twin.of === model ? { ...twin, of } : twin));
  return withTwins(recipe, [...redirected, { of, model }]);
}

/** A model is ranked for itself. */
export function leaveTwin(recipe: Recipe, model: string): Recipe {
  return withTwins(
    recipe,
    (recipe.twins ?? []).filter((twin) => twin.model !== model),
  );
}

/** One model of the file is pruned, and no other; with its own ranking. What is off by default in it stays as it was. */
export function chooseModel(recipe: Recipe, candidates: readonly Candidate[], model: string): Recipe {
  const alone = leaveTwin(recipe, model);
  const isIn = population(alone, candidates);
  const others = candidates.filter((each) => each.model !== model && isIn.has(each.id));
  const own = candidates.filter((each) => each.model === model);
  const missing = own.some(({ id }) => isIn.has(id)) ? [] : own.filter(({ byDefault }) => byDefault);
  const without = setIncluded(alone, candidates, idsOf(others), false);
  return setIncluded(withTwins(without, []), candidates, idsOf(missing), true);
}

function idsOf(candidates: readonly Candidate[]) {
  return candidates.map(({ id }) => id);
}

function overrule(recipe: Recipe, patterns: readonly string[], set: Omit<LayerEntry, 'tensors'>): Recipe {
  const key = JSON.stringify(patterns);
  const layers = recipe.layers ?? [];
  const same = layers.find(({ tensors }) => JSON.stringify(tensors) === key);
  const others = layers.filter((entry) => entry !== same);
  return withLayers(recipe, [...others, { ...(same ?? { tensors: patterns }), ...set }]);
}

function withoutPatterns(layers: readonly LayerEntry[], patterns: readonly string[]): LayerEntry[] {
  return layers.flatMap((entry) => {
    const tensors = entry.tensors.filter((pattern) => !patterns.includes(pattern));
    return tensors.length === 0 ? [] : [{ ...entry, tensors }];
  });
}

function withLayers(recipe: Recipe, layers: readonly LayerEntry[]): Recipe {
  const { layers: _, ...rest } = recipe;
  return layers.length === 0 ? rest : { ...rest, layers };
}

function withTwins(recipe: Recipe, twins: NonNullable<Recipe['twins']>): Recipe {
  const { twins: _, ...rest } = recipe;
  return twins.length === 0 ? rest : { ...rest, twins };
}

/** Which of a file's models are pruned: all, each for itself; one of them; or copies by the mask of their original. */
import type { ModelOfFile } from '../engine/opened';
import { population } from '../pruning/decide';
import { setIncluded } from '../pruning/edit';
import { chooseModel, followTwin, leaveTwin } from '../pruning/editLayers';
import type { Recipe } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';

export type ModelChoice =
  | { readonly kind: 'all' }
  | { readonly kind: 'only'; readonly model: string }
  /** Every copy of the model loses what it loses; models that are no copies of it stay as they are. */
  | { readonly kind: 'twins'; readonly of: string }
  /** Some other selection, made by hand. */
  | { readonly kind: 'mixed' };

/** Models that have a copy, and how many. */
export function originals(models: readonly ModelOfFile[]): Map<string, number> {
  const copies = new Map<string, number>();
  for (const { twinOf } of models) if (twinOf !== undefined) copies.set(twinOf, (copies.get(twinOf) ?? 0) + 1);
  return copies;
}

/** What a recipe chooses. */
export function choiceIn(
  recipe: Recipe,
  candidates: readonly Candidate[],
  models: readonly ModelOfFile[],
): ModelChoice {
  const [twin] = recipe.twins ?? [];
  if (twin) return { kind: 'twins', of: twin.of };
  const isIn = population(recipe, candidates);
  const chosen = new Set(candidates.filter(({ id }) => isIn.has(id)).map(modelOf));
  if (models.every(({ id, layers }) => layers === 0 || chosen.has(id))) return { kind: 'all' };
  const only = models.find(({ id }) => chosen.has(id));
  return chosen.size === 1 && only ? { kind: 'only', model: only.id } : { kind: 'mixed' };
}

/** The recipe with another choice. Of models that come in, tensors that are in by default do. */
export function withChoice(
  recipe: Recipe,
  candidates: readonly Candidate[],
  models: readonly ModelOfFile[],
  choice: ModelChoice,
): Recipe {
  switch (choice.kind) {
    case 'mixed':
      return recipe;
    case 'all': {
      const apart = models.reduce((changed, { id }) => leaveTwin(changed, id), recipe);
      return takenIn(apart, candidates, () => true);
    }
    case 'only':
      return chooseModel(recipe, candidates, choice.model);
    case 'twins': {
      const copies = models.filter(({ twinOf }) => twinOf === choice.of);
      const original = takenIn(recipe, candidates, (candidate) => modelOf(candidate) === choice.of);
      return copies.reduce((changed, { id }) => followTwin(changed, id, choice.of), original);
    }
  }
}

/** A model of which nothing is in takes in what is in by default; of others what a hand left out stays out. */
function takenIn(recipe: Recipe, candidates: readonly Candidate[], isMeant: (candidate: Candidate) => boolean): Recipe {
  const isIn = population(recipe, candidates);
  const alive = new Set(candidates.filter(({ id }) => isIn.has(id)).map(modelOf));
  const missing = candidates.filter(
    (candidate) => candidate.byDefault && isMeant(candidate) && !alive.has(modelOf(candidate)),
  );
  return setIncluded(
    recipe,
    candidates,
    missing.map(({ id }) => id),
    true,
  );
}

function modelOf({ model }: Candidate): string {
  return model ?? '';
}

/** From a recipe to an exact resolution: resolve, look up what it asks for, resolve again. */
import { at } from '../../lib/known';
import type { Recipe } from '../../pruning/recipe';
import type { Answer, Candidate, Program, Request, Resolution } from '../../pruning/resolution';
import { resolve } from '../../pruning/resolve';
import type { TensorId } from '../../tensors/tensor';
import type { AnswerCache } from './answerCache';

/**
 * @param answers what was looked up before; grows by what this settles
 * @param ask one pass over the tensors asked for; answers in order
 * @param known what the recipe resolved to before, where that was found out already
 * @param start as `resolve`'s
 */
export async function settle(
  recipe: Recipe,
  candidates: readonly Candidate[],
  answers: AnswerCache,
  ask: (requests: readonly Request[]) => Promise<readonly Answer[]>,
  known?: Resolution,
  start?: ReadonlyMap<TensorId, Program>,
): Promise<Resolution> {
  let resolution = known ?? resolve(recipe, candidates, answers, start);
  for (;;) {
    const missing = resolution.pending.filter((request) => !answers.has(request));
    if (missing.length > 0) {
      const answered = await ask(missing);
      answered.forEach((answer, i) => {
        answers.set(at(missing, i), answer);
      });
    } else if (resolution !== known || resolution.pending.length === 0) return resolution;
    // With what was answered now, or by others since `known` was resolved.
    resolution = resolve(recipe, candidates, answers, start);
  }
}

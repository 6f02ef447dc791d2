/** Gradual pruning: a little more in every round, with training in between. */
import { at } from '../lib/known';
import { roundsOf } from './decide';
import { headOf, type Recipe, type Rule } from './recipe';

/**
 * The cubic schedule of automated gradual pruning (Zhu and Gupta 2017, "To prune, or not to prune"): much at first, less
 * as less is left to choose from. `s_t = s_f + (s_i - s_f) (1 - t / n)³`.
 * @param initial sparsity before the first round, 0 to 1
 * @param rounds n, from 1
 * @returns the sparsities after rounds 1 to n; the last is `final`
 */
export function cubicSparsities(initial: number, final: number, rounds: number): number[] {
  return Array.from({ length: rounds }, (_, t) => final + (initial - final) * (1 - (t + 1) / rounds) ** 3);
}

/**
 * One recipe for each round, to be applied to what training has made of the one before. Each asks for the whole
 * sparsity by then, in which zeros that are there already count. The last is the recipe itself; amounts other than a
 * sparsity are the same in every round.
 */
export function gradualRecipes(recipe: Recipe, initial: number, rounds: number): Recipe[] {
  return Array.from({ length: rounds }, (_, t) => {
    const byThen = (rule: Rule): Rule =>
      rule.amount && 'sparsity' in rule.amount && !rule.locked
        ? { ...rule, amount: { sparsity: at(cubicSparsities(initial, rule.amount.sparsity, rounds), t) } }
        : rule;
    const head = headOf(recipe);
    const made = roundsOf(recipe).map((rules) => rules.map(byThen));
    return 'steps' in recipe ? { ...head, steps: made } : { ...head, rules: at(made, 0) };
  });
}

import { describe, expect, it } from 'vitest';
import { roundsOf } from '../../../src/pruning/decide';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { cubicSparsities, gradualRecipes } from '../../../src/pruning/schedule';
import { weights } from '../kernels/support';
import { recipeOf, settled, tensorOfValues } from './support';

const rule: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.8 } };

describe('the cubic schedule', () => {
  it('is that of the paper', () => {
    // 0.8 - 0.8 (1 - t / 4)³
    expect(cubicSparsities(0, 0.8, 4)).toEqual([0.4625, 0.7, 0.7875, 0.8].map((value) => expect.closeTo(value, 12)));
    expect(cubicSparsities(0.5, 0.5, 3)).toEqual([0.5, 0.5, 0.5]);
    expect(cubicSparsities(0, 0.9, 1)).toEqual([0.9]);
  });

  it('makes one recipe for each round, and leaves other amounts', () => {
    const recipe = recipeOf(rule, { ...rule, tensors: ['a'], amount: { threshold: 0.1 } });
    const made = gradualRecipes(recipe, 0, 3);
    expect(made).toHaveLength(3);
    expect(made.at(-1)).toEqual(recipe);
    for (const each of made) {
      expect(parseRecipe(each)).toEqual(each);
      expect(roundsOf(each)[0]![1]!.amount).toEqual({ threshold: 0.1 });
    }
  });

  it('keeps steps', () => {
    const recipe: Recipe = { format: 'secateur-recipe', version: 1, steps: [[rule], []] };
    expect(gradualRecipes(recipe, 0, 2).map((made) => 'steps' in made && made.steps.length)).toEqual([2, 2]);
  });

  it('counts zeros of earlier rounds', () => {
    let values = weights(100);
    for (const recipe of gradualRecipes(recipeOf(rule), 0, 3)) {
      const tensor = tensorOfValues('F64', values);
      const outcome = settled(recipe, [tensor]).outcomes.get(0)!;
      const { threshold } = outcome.placement!;
      values = values.map((value) => (Math.abs(value) <= threshold ? 0 : value));
      expect(values.filter((value) => value === 0)).toHaveLength(outcome.pruned);
    }
    expect(values.filter((value) => value === 0)).toHaveLength(80);
  });
});

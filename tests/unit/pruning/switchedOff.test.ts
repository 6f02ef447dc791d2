/** Rules with a name, and rules that are off: they prune as if they were not there, and stay where they are. */
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { population } from '../../../src/pruning/decide';
import { setIncluded, withMethod, withSparsity, withThreshold } from '../../../src/pruning/edit';
import { matchesOf } from '../../../src/pruning/matches';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { hashOfRecipe } from '../../../src/pruning/repair';
import { resolve } from '../../../src/pruning/resolve';
import { recipeOf, scoresBy } from '../../../src/pruning/ruleLists';
import { withoutOff } from '../../../src/pruning/switchedOff';
import { matchesInWords } from '../../../src/state/recipeNotice';
import { checkpoint } from '../state/fakeEngine';

const candidates = candidatesOf(checkpoint('m.pth').layers);
const answers = { get: () => undefined };
const rule = (about: Partial<Rule> = {}): Rule => ({
  criterion: 'magnitude',
  granularity: 'weight',
  scope: 'layer',
  amount: { sparsity: 0.5 },
  ...about,
});
const off = rule({ tensors: ['conv.weight'], amount: { sparsity: 0.9 }, off: true, name: 'The first layer, harder' });
const rulesOf = (recipe: Recipe) => ('rules' in recipe ? recipe.rules : []);

describe('a rule that is off', () => {
  it('prunes as if it were not there', () => {
    const recipe = recipeOf([rule(), off]);
    expect(resolve(recipe, candidates, answers)).toEqual(resolve(withoutOff(recipe), candidates, answers));
    expect([...population(recipeOf([off]), candidates)]).toEqual([]);
    expect(hashOfRecipe(recipe)).toBe(hashOfRecipe(recipeOf([rule({ name: 'Half' })])));
    expect(hashOfRecipe(recipe)).not.toBe(hashOfRecipe(recipeOf([rule(), { ...off, off: undefined } as never])));
  });

  it('keeps its place and its name in a file, and needs nothing', () => {
    const recipe = recipeOf([{ ...off, criterion: 'activation' }, rule()]);
    expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe);
    expect(scoresBy('norms', recipe)).toBe(false);
    expect(() => parseRecipe(formatRecipe(recipe).replace('"off": true', '"off": false'))).toThrow(
      'rules[0].off should be true, or not be there, but is false.',
    );
  });

  it('is not counted among those that match, and is told of', () => {
    const matches = matchesOf(recipeOf([rule(), off]), candidates);
    expect(matches).toMatchObject({ rules: 1, off: 1, unmatched: [] });
    expect(matchesInWords(matches, 'half.json')).toBe('half.json: 1 of 1 rule matched 2 tensors, 1 is off.');
    expect(matchesInWords(matchesOf(recipeOf([off]), candidates), 'half.json')).toBe(
      'half.json has no rules that are on: nothing is pruned.',
    );
  });

  it('stays behind the rule that it stood behind, whatever is edited', () => {
    const [first, last] = [rule({ kinds: ['conv'] }), rule({ kinds: ['linear'] })];
    const recipe = recipeOf([first, off, last]);
    const byHand = withThreshold(recipe, candidates, { scope: 'layers', names: ['conv.weight'] }, 0.1);
    expect(rulesOf(byHand)).toMatchObject([first, off, last, { amount: { threshold: 0.1 } }]);
    const whole = withSparsity(recipe, candidates, { scope: 'model' }, 0.7);
    expect(rulesOf(whole)).toMatchObject([{ scope: 'global', amount: { sparsity: 0.7 } }, off]);
    const other = withMethod(recipe, candidates, { scope: 'model' }, rule({ criterion: 'random' }));
    expect(rulesOf(other)).toContainEqual(off);
    const out = setIncluded(recipe, candidates, [candidates[0]!.id], false);
    expect(rulesOf(out)[1]).toBe(off);
  });

  it('stays where rounds become one', () => {
    const steps: Recipe = { format: 'secateur-recipe', version: 1, steps: [[rule(), off], [rule()]] };
    const whole = withSparsity(steps, candidates, { scope: 'model' }, 0.7);
    expect(rulesOf(whole)).toMatchObject([{ amount: { sparsity: 0.7 } }, off]);
  });
});

it('a rule keeps its name when its amount is set by hand', () => {
  const recipe = recipeOf([rule({ name: 'Everything', scope: 'global' })]);
  const edited = withThreshold(recipe, candidates, { scope: 'model' }, 0.1);
  expect(rulesOf(edited)).toMatchObject([{ name: 'Everything', amount: { threshold: 0.1 } }]);
});

/** Which rules of a recipe find tensors, and what is said of those that do not. */
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { matchesOf } from '../../../src/pruning/matches';
import type { Rule } from '../../../src/pruning/recipe';
import { recipeOf } from '../../../src/pruning/ruleLists';
import { assertMatches, matchesInWords } from '../../../src/state/recipeNotice';
import { checkpoint } from '../state/fakeEngine';

const candidates = candidatesOf(checkpoint('m.pth').layers);
const rule = (about: Partial<Rule>): Rule => ({
  criterion: 'magnitude',
  granularity: 'weight',
  scope: 'layer',
  amount: { sparsity: 0.5 },
  ...about,
});
const of = (...rules: readonly Partial<Rule>[]) => matchesOf(recipeOf(rules.map(rule)), candidates);

describe('rules that match', () => {
  it('are counted, with the tensors of all of them', () => {
    const matches = of({ tensors: ['conv.*'] }, {}, { tensors: ['features.*'] });
    expect(matches).toMatchObject({ rules: 3, tensors: 2, unmatched: [{ path: 'rules[2]' }] });
    expect(matchesInWords(matches, 'half.json')).toBe(
      'half.json: 2 of 3 rules matched 2 tensors. Nothing here is meant by rules[2] (features.*).',
    );
  });

  it('count where a later rule decides, and in any step', () => {
    expect(of({}, {}).unmatched).toEqual([]);
    const steps = [[rule({})], [rule({ kinds: ['conv'] })]];
    const matches = matchesOf({ format: 'secateur-recipe', version: 1, steps }, candidates);
    expect(matches).toMatchObject({ rules: 2, tensors: 2, unmatched: [{ path: 'steps[1][0]' }] });
  });

  it('are none of a recipe for another model, which is refused with what is here', () => {
    const refuse = () => assertMatches(of({ tensors: ['features.*'] }), 'half.json', 'm.pth', candidates);
    expect(refuse).toThrow('0 of 1 rule of half.json matched a tensor of m.pth, so nothing was changed.');
    try {
      refuse();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid-recipe',
        context: { advice: 'It is meant for features.*. The tensors here are called conv.weight and fc.weight.' },
      });
    }
  });

  it('need not be there: a recipe without rules prunes nothing, and says so', () => {
    expect(() => assertMatches(of(), 'none.json', 'm.pth', candidates)).not.toThrow();
    expect(matchesInWords(of(), 'none.json')).toBe('none.json has no rules: nothing is pruned.');
  });
});

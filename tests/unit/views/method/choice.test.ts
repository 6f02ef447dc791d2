import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Criterion } from '../../../../src/pruning/criteria/criteria';
import type { Granularity } from '../../../../src/pruning/granularities/granularities';
import { parseRecipe } from '../../../../src/pruning/parseRecipe';
import type { Amount, Rule } from '../../../../src/pruning/recipe';
import type { Scope } from '../../../../src/pruning/scopes/scopes';
import { type Choice, changed, choiceOf, methodOf, sharingsFor } from '../../../../src/views/method/choice';

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 }, ...about };
}

const whole = { share: 0.4321, isWhole: true };
const criteria: readonly Criterion[] = ['magnitude', 'signed', 'random', 'magnitude_increase', 'activation', 'obs'];
const granularities: readonly Granularity[] = [
  'weight',
  'kernel',
  { dim: 0, norm: 2 },
  { dim: 1, norm: 'inf' },
  { block: [4, 4] },
  { n: 2, m: 4 },
];

describe('a choice', () => {
  it('is read off a rule', () => {
    expect(choiceOf(rule({ criterion: 'random', seed: 3, keep: 0.1 }))).toEqual({
      criterion: 'random',
      granularity: 'weight',
      sharing: 'global',
      keep: 0.1,
      seed: 3,
      sigma: 1,
    });
    expect(choiceOf(rule({ scope: 'layer', amount: { sigma: 2 } }))).toMatchObject({ sharing: 'sigma', sigma: 2 });
  });

  it('leads, whatever is changed in whatever order, to a rule that the parser accepts', () => {
    const change = fc.oneof(
      fc.constantFrom(...criteria).map((criterion): Partial<Choice> => ({ criterion })),
      fc.constantFrom(...granularities).map((granularity): Partial<Choice> => ({ granularity })),
      fc.nat().map((pick): { pick: number } => ({ pick })),
      fc.constantFrom(0, 0.05, 1).map((keep): Partial<Choice> => ({ keep })),
      fc.constantFrom(0, 7).map((seed): Partial<Choice> => ({ seed })),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.boolean(), (changes, isSingle) => {
        let decides = rule();
        for (const made of changes) {
          const choice = choiceOf(decides);
          const sharings = sharingsFor(choice, isSingle);
          const wanted =
            'pick' in made ? (sharings.length > 0 ? { sharing: sharings[made.pick % sharings.length]! } : {}) : made;
          const after = methodOf(changed(choice, wanted, isSingle), decides, { share: 0.3, isWhole: !isSingle });
          const recipe = parseRecipe({ format: 'secateur-recipe', version: 1, rules: [after] });
          decides = 'rules' in recipe ? recipe.rules[0]! : decides;
        }
      }),
    );
  });

  it('of signed values or increases is of single weights', () => {
    const filters = choiceOf(rule({ granularity: { dim: 0, norm: 2 }, scope: 'layer' }));
    for (const criterion of ['signed', 'magnitude_increase'] as const) {
      expect(changed(filters, { criterion }, false).granularity).toBe('weight');
    }
    expect(changed(filters, { criterion: 'random' }, false).granularity).toEqual({ dim: 0, norm: 2 });
  });

  it('is shared out only by what goes with it', () => {
    const sharings = (about: Partial<Rule>, isSingle: boolean) => sharingsFor(choiceOf(rule(about)), isSingle);
    expect(sharings({}, false)).toEqual(['global', 'layer', 'erk', 'lamp', 'row', 'sigma']);
    expect(sharings({}, true)).toEqual(['layer', 'row', 'sigma']);
    expect(sharings({ granularity: { dim: 0, norm: 1 } }, false)).toEqual(['global', 'layer', 'erk', 'sigma']);
    expect(sharings({ criterion: 'random' }, false)).toEqual(['global', 'layer', 'erk', 'row']);
    expect(sharings({ granularity: { n: 2, m: 4 } }, false)).toEqual([]);
  });
});

describe('the amount of a choice', () => {
  const amountAfter = (before: Partial<Rule>, change: Partial<Choice>, now = whole) => {
    const decides = rule(before);
    return methodOf(changed(choiceOf(decides), change, !now.isWhole), decides, now).amount;
  };

  it('is the sparsity there was', () => {
    expect(amountAfter({}, { criterion: 'signed' })).toEqual({ sparsity: 0.5 });
    expect(amountAfter({}, { sharing: 'lamp' })).toEqual({ sparsity: 0.5 });
  });

  it('is what goes now, where it was a threshold on another scale or the share of many', () => {
    const threshold: Amount = { threshold: 0.1 };
    expect(amountAfter({ amount: threshold }, { granularity: { dim: 0, norm: 2 } })).toEqual({ sparsity: 0.432 });
    expect(amountAfter({ amount: threshold }, { sharing: 'erk' })).toEqual({ sparsity: 0.432 });
    expect(amountAfter({}, { criterion: 'signed' }, { share: 0.37, isWhole: false })).toEqual({ sparsity: 0.37 });
  });

  it('stays a threshold where only the floor changes', () => {
    expect(amountAfter({ amount: { threshold: 0.1 } }, { keep: 0.05 })).toEqual({ threshold: 0.1 });
  });

  it('is said by patterns and deviations themselves', () => {
    expect(amountAfter({}, { granularity: { n: 2, m: 4 } })).toBeUndefined();
    expect(amountAfter({}, { sharing: 'sigma' })).toEqual({ sigma: 1 });
    expect(amountAfter({ scope: 'layer', amount: { sigma: 1 } }, { sharing: 'global' })).toEqual({ sparsity: 0.432 });
  });

  it('is left to each layer where several rules decide', () => {
    const scope: Scope = 'layer';
    expect(methodOf({ ...choiceOf(rule()), sharing: scope }, undefined, whole)).toEqual({
      criterion: 'magnitude',
      granularity: 'weight',
      scope,
    });
  });
});

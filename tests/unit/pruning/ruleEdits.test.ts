/** Rules as a list: moved within a step and over its borders, changed, taken out. */
import { describe, expect, it } from 'vitest';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { canMove, moveRule, withoutEmptySteps, withRuleAt, withStep } from '../../../src/pruning/ruleEdits';

const rule = (name: string): Rule => ({
  name,
  criterion: 'magnitude',
  granularity: 'weight',
  scope: 'layer',
  amount: { sparsity: 0.5 },
});
const head = { format: 'secateur-recipe', version: 1 } as const;
const flat: Recipe = { ...head, rules: ['a', 'b', 'c'].map(rule) };
const steps: Recipe = { ...head, steps: [['a', 'b'].map(rule), ['c'].map(rule)] };

/** `ab|c` */
function order(recipe: Recipe): string {
  const rounds = 'steps' in recipe ? recipe.steps : [recipe.rules];
  return rounds.map((rules) => rules.map(({ name }) => name).join('')).join('|');
}

describe('a rule', () => {
  it.each([
    [0, 1, 'bac'],
    [1, 1, 'acb'],
    [2, -1, 'acb'],
    [0, -1, 'abc'],
    [2, 1, 'abc'],
  ] as const)('at %i moves by %i', (index, by, expected) => {
    expect(order(moveRule(flat, { round: 0, index }, by))).toBe(expected);
  });

  it('moves over the border of a step to the nearest end of the next', () => {
    expect(order(moveRule(steps, { round: 0, index: 1 }, 1))).toBe('a|bc');
    expect(order(moveRule(steps, { round: 1, index: 0 }, -1))).toBe('abc|');
    expect(canMove(steps, { round: 1, index: 0 }, 1)).toBe(false);
    expect(canMove(steps, { round: 0, index: 0 }, -1)).toBe(false);
  });

  it('is changed or taken out where it stands', () => {
    expect(order(withRuleAt(steps, { round: 0, index: 1 }, rule('x')))).toBe('ax|c');
    expect(order(withRuleAt(steps, { round: 0, index: 1 }, undefined))).toBe('a|c');
  });
});

it('a step that stayed empty is left out', () => {
  const more = withStep(flat);
  expect(order(more)).toBe('abc|');
  expect(order(withoutEmptySteps(more))).toBe('abc');
  expect(withoutEmptySteps(flat)).toBe(flat);
});

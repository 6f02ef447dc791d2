import { describe, expect, it } from 'vitest';
import { population } from '../../../src/pruning/decide';
import { initialRecipe, setIncluded } from '../../../src/pruning/edit';
import type { Recipe } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import { choiceIn, type ModelChoice, withChoice } from '../../../src/state/modelChoice';
import { tensorOfValues } from '../pruning/support';

/** A model, its copy, and another one; each with two weights and a bias. */
const ids = ['net', 'net_ema', 'critic'];
const candidates: readonly Candidate[] = ids.flatMap((model, m) =>
  ['a.weight', 'b.weight', 'a.bias'].map((name, at): Candidate => {
    const { candidate } = tensorOfValues('F32', [1, 2, 3, 4]);
    const isBias = name === 'a.bias';
    return {
      ...candidate,
      id: 3 * m + at,
      name: `${model}.${name}`,
      kind: isBias ? 'bias' : 'linear',
      byDefault: !isBias,
      model,
      nameInModel: name,
    };
  }),
);
const models = [
  { id: 'net', title: 'net', layers: 2, weights: 8 },
  { id: 'net_ema', title: 'net_ema', layers: 2, weights: 8, twinOf: 'net' },
  { id: 'critic', title: 'critic', layers: 2, weights: 8 },
];

const choose = (recipe: Recipe, choice: ModelChoice) => withChoice(recipe, candidates, models, choice);
const isIn = (recipe: Recipe) => [...population(recipe, candidates)].sort((a, b) => a - b);

describe('which models of a file are pruned', () => {
  it('is all of them to begin with', () => {
    expect(choiceIn(initialRecipe(), candidates, models)).toEqual({ kind: 'all' });
    expect(isIn(initialRecipe())).toEqual([0, 1, 3, 4, 6, 7]);
  });

  it('is one of them, and then another, with what is in by default', () => {
    const ema = choose(initialRecipe(), { kind: 'only', model: 'net_ema' });
    expect(isIn(ema)).toEqual([3, 4]);
    expect(choiceIn(ema, candidates, models)).toEqual({ kind: 'only', model: 'net_ema' });
    const critic = choose(ema, { kind: 'only', model: 'critic' });
    expect(isIn(critic)).toEqual([6, 7]);
    expect(isIn(choose(critic, { kind: 'all' }))).toEqual([0, 1, 3, 4, 6, 7]);
  });

  it('keeps what a hand left out of a model that stays', () => {
    const without = setIncluded(initialRecipe(), candidates, [1], false);
    expect(isIn(choose(without, { kind: 'only', model: 'net' }))).toEqual([0]);
  });

  it('is a model and its copy by one mask', () => {
    const twins = choose(initialRecipe(), { kind: 'twins', of: 'net' });
    expect(twins.twins).toEqual([{ of: 'net', model: 'net_ema' }]);
    expect(choiceIn(twins, candidates, models)).toEqual({ kind: 'twins', of: 'net' });
    expect(choose(twins, { kind: 'all' }).twins).toBeUndefined();
  });

  it('may be none of these', () => {
    const mixed = setIncluded(initialRecipe(), candidates, [0, 1], false);
    expect(choiceIn(mixed, candidates, models)).toEqual({ kind: 'mixed' });
    expect(choose(mixed, { kind: 'mixed' })).toBe(mixed);
  });
});

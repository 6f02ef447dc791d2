import { describe, expect, it } from 'vitest';
import { initialRecipe, setIncluded } from '../../../src/pruning/edit';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import { withMethodWherePossible } from '../../../src/pruning/possible';
import { presets } from '../../../src/pruning/presets';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import { usualAxes } from '../../support/axes';
import { bytesOf } from '../../support/tensors';
import { tensorOf } from './support';

function candidate(id: number, name: string, shape: readonly number[], about: Partial<Candidate> = {}): Candidate {
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + id));
  return tensorOf('F32', bytesOf('F32', values), { id, name, shape, ...about }).candidate;
}

const conv = candidate(0, 'conv.weight', [4, 2, 3, 3], { kind: 'conv' });
const fc = candidate(1, 'fc.weight', [3, 8]);
const bias = candidate(2, 'fc.bias', [3], { kind: 'bias', byDefault: false });
const matmul = candidate(3, 'matmul', [8, 3], usualAxes([8, 3], 1));
const candidates = [conv, fc, bias, matmul];
const rulesOf = (recipe: Recipe): readonly Rule[] => ('rules' in recipe ? recipe.rules : []);
const preset = (id: string) => presets.find((each) => each.id === id)!;

describe('a preset', () => {
  it.each(presets.map(({ id }) => id))('%s is a recipe', (id) => {
    const recipe = preset(id).apply(initialRecipe(), candidates);
    expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe);
  });

  it('keeps who is in and who is out', () => {
    const without = setIncluded(initialRecipe(), candidates, [fc.id], false);
    const [rule] = rulesOf(preset('uniform-80').apply(without, candidates));
    expect(rule).toMatchObject({ exclude: ['fc.weight'], scope: 'layer', amount: { sparsity: 0.8 } });
  });

  it('takes filters where each tensor has its outputs, but of the last layer', () => {
    const untouched = rulesOf(initialRecipe())[0];
    const quarter = { criterion: 'magnitude', scope: 'layer', amount: { sparsity: 0.25 } };
    const head = candidate(4, 'head.weight', [5, 3]);
    const rules = rulesOf(preset('filters-25').apply(initialRecipe(), [...candidates, head]));
    expect(rules).toEqual([
      untouched,
      { ...quarter, tensors: ['conv.weight', 'fc.weight'], granularity: { dim: 0, norm: 2 } },
      { ...quarter, tensors: ['matmul'], granularity: { dim: 1, norm: 2 } },
    ]);
    // Where a graph tells that others give the outputs, these stay.
    const known = rulesOf(preset('filters-25').apply(initialRecipe(), candidates, [conv.id, fc.id]));
    expect(known).toEqual([untouched, { ...quarter, tensors: ['matmul'], granularity: { dim: 1, norm: 2 } }]);
    const alone = rulesOf(preset('filters-25').apply(initialRecipe(), [fc]));
    expect(alone.at(-1)).toMatchObject({ tensors: ['fc.weight'], granularity: { dim: 0, norm: 2 } });
  });

  it('leaves what cannot take it as it was', () => {
    const withBias = setIncluded(initialRecipe(), candidates, [bias.id], true);
    const rules = rulesOf(preset('two-of-four').apply(withBias, candidates));
    expect(rules.at(-1)).toMatchObject({
      tensors: ['conv.weight', 'fc.weight', 'matmul'],
      granularity: { n: 2, m: 4 },
    });
    expect(rules[0]).toMatchObject({ granularity: 'weight', amount: { sparsity: 0 } });
  });

  it('that nothing can take is refused with the reason', () => {
    const onlyBias: Recipe = {
      ...initialRecipe(),
      rules: [{ ...rulesOf(initialRecipe())[0]!, tensors: ['fc.bias'] }],
    } as Recipe;
    const target = { scope: 'model' } as const;
    const kernels = { criterion: 'magnitude', granularity: 'kernel', scope: 'layer' } as const;
    expect(() => withMethodWherePossible(onlyBias, candidates, target, kernels)).toThrow(
      /cannot prune fc\.bias: groups need two dimensions/,
    );
  });
});

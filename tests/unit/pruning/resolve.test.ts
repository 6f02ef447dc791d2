import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/lib/errors';
import type { Amount, Recipe, Rule } from '../../../src/pruning/recipe';
import type { Program, Resolution } from '../../../src/pruning/resolution';
import { resolve } from '../../../src/pruning/resolve';
import { countForFraction } from '../../../src/pruning/round';
import { isOfWeights } from '../../../src/pruning/score';
import { finiteOf, model, modelAndRecipe, ranking } from './arbitraries';
import { masksOf } from './reference';
import {
  candidatesOf,
  maskOf,
  recipeOf,
  resolutionsOf,
  settled,
  type Tensor,
  tensorOfValues,
  written,
  zeroed,
} from './support';

const ruleOf = (amount: Amount, about: Partial<Rule> = {}): Rule => ({
  criterion: 'magnitude',
  granularity: 'weight',
  scope: 'layer',
  amount,
  ...about,
});

/** What sorting gives, or undefined where a rule counts more than there is, or cannot prune a tensor. */
function sortedOrRefused(recipe: Recipe, tensors: readonly Tensor[]) {
  try {
    return { masks: masksOf(recipe, tensors) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof CheckpointError) return undefined;
    throw error;
  }
}

const refused = expect.objectContaining({ code: expect.stringMatching(/^(invalid-recipe|unsupported-feature)$/) });

function isOneThreshold(program: Program): boolean {
  return program.every((mask) => mask.kind === 'threshold' && isOfWeights(mask.score)) && program.length < 2;
}

function zerosIn(tensor: Tensor, goes: readonly boolean[]): number {
  return tensor.values.filter((value, i) => goes[i] || value === 0).length;
}

function expectOutcomesOf(masks: ReadonlyMap<Tensor, boolean[]>, { outcomes }: Resolution, which: 'all' | 'exact') {
  for (const [tensor, mask] of masks) {
    const outcome = outcomes.get(tensor.candidate.id);
    if (which === 'exact' && !outcome?.exact) continue;
    expect(maskOf(tensor, outcome?.program)).toEqual(mask);
    if (!outcome) continue;
    const pruned = mask.filter(Boolean).length;
    expect(outcome).toMatchObject({ exact: true, pruned, zeros: zerosIn(tensor, mask) });
  }
}

describe('resolve', () => {
  it('settles on the mask that sorting every weight gives, and the kernel writes it', () => {
    fc.assert(
      fc.property(modelAndRecipe, ([tensors, recipe]) => {
        const expected = sortedOrRefused(recipe, tensors);
        if (!expected) {
          expect(() => settled(recipe, tensors)).toThrow(refused);
          return;
        }
        const resolution = settled(recipe, tensors);
        expect(resolution.pending).toEqual([]);
        expectOutcomesOf(expected.masks, resolution, 'all');
        for (const [tensor, mask] of expected.masks) {
          const outcome = resolution.outcomes.get(tensor.candidate.id);
          if (!outcome || !isOneThreshold(outcome.program)) continue;
          const kernel = written(tensor, outcome.program);
          expect(kernel.bytes).toEqual(zeroed(tensor, mask));
          expect(kernel).toMatchObject({ pruned: outcome.pruned, zeros: outcome.zeros });
        }
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  it('never calls an estimate exact, and asks for a bin as long as something is not', () => {
    fc.assert(
      fc.property(modelAndRecipe, ([tensors, recipe]) => {
        const expected = sortedOrRefused(recipe, tensors);
        fc.pre(expected !== undefined);
        const resolutions = resolutionsOf(recipe, tensors);
        for (const resolution of resolutions) {
          expectOutcomesOf(expected!.masks, resolution, 'exact');
          const outcomes = [...resolution.outcomes.values()];
          expect(resolution.pending.length === 0).toBe(outcomes.every((outcome) => outcome.exact));
          for (const { candidate } of tensors) {
            const outcome = resolution.outcomes.get(candidate.id);
            if (!outcome) continue;
            expect(outcome.pruned).toBeLessThanOrEqual(candidate.statistics.count);
            expect(outcome.zeros).toBeLessThanOrEqual(candidate.statistics.count);
          }
        }
        // For each step: scores, a bin, and another where a step moves or a floor holds back; at last what it all leaves.
        const rounds = 'steps' in recipe ? recipe.steps.length : 1;
        expect(resolutions.length).toBeLessThanOrEqual(3 * rounds + 2);
      }),
      { numRuns: 400 },
    );
  }, 30_000);

  it('prunes exactly the amount of a global rule, also while it is an estimate', () => {
    fc.assert(
      fc.property(model, ranking, fc.double({ min: 0, max: 1, noNaN: true }), (tensors, by, sparsity) => {
        const ranked = tensors.filter(({ candidate }) => candidate.byDefault);
        const weights = ranked.reduce((sum, { values }) => sum + values.length, 0);
        const finite = ranked.reduce((sum, tensor) => sum + finiteOf(tensor).length, 0);
        const recipe = recipeOf(ruleOf({ sparsity }, { criterion: by, scope: 'global' }));
        for (const { outcomes } of resolutionsOf(recipe, tensors)) {
          const pruned = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.pruned, 0);
          expect(pruned).toBe(Math.min(finite, countForFraction(sparsity, weights)));
        }
      }),
    );
  });

  it('prunes more for a higher threshold or amount, and nothing less', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(model, ranking, fraction, fraction, fc.constantFrom('threshold', 'sparsity'), (...drawn) => {
        const [tensors, by, a, b, unit] = drawn;
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((number) => {
          const amount = unit === 'threshold' ? { threshold: number } : { sparsity: number };
          const recipe = recipeOf(ruleOf(amount, { criterion: by, scope: 'global' }));
          const { outcomes } = settled(recipe, tensors);
          return tensors.map((tensor) => maskOf(tensor, outcomes.get(tensor.candidate.id)?.program));
        });
        less!.forEach((mask, t) => {
          for (const [i, goes] of mask.entries()) if (goes) expect(more![t]![i]).toBe(true);
        });
      }),
    );
  });

  it('places a threshold of one dtype only where the tensor can hold it', () => {
    const tensors = [tensorOfValues('F32', [0.1, 0.2], 0), tensorOfValues('BF16', [0.1, 0.2], 1)];
    const { outcomes } = settled(recipeOf(ruleOf({ threshold: 0.1 }, { scope: 'global' })), tensors);
    expect([...outcomes.values()].map(({ placement }) => placement?.threshold)).toEqual([
      Math.fround(0.1),
      0.10009765625,
    ]);
  });

  it('prunes nothing by no rules, and has no outcome for what no rule decides', () => {
    const tensors = [tensorOfValues('F32', [1, 2], 0), tensorOfValues('F32', [1, 2], 1)];
    expect(settled(recipeOf(), tensors)).toEqual({ outcomes: new Map(), pending: [] });
    const { outcomes } = settled(recipeOf(ruleOf({ count: 1 }, { tensors: ['layer1.weight'] })), tensors);
    expect([...outcomes.keys()]).toEqual([1]);
  });

  it('says which rule decides, in the last step that does', () => {
    const tensors = [tensorOfValues('F32', [1, 2, 3], 0), tensorOfValues('F32', [1, 2, 3], 1)];
    const first = ruleOf({ count: 1 });
    const second = ruleOf({ count: 1 }, { tensors: ['layer1.*'] });
    const recipe: Recipe = { format: 'secateur-recipe', version: 1, steps: [[first], [first, second]] };
    const { outcomes } = settled(recipe, tensors);
    expect([...outcomes.values()]).toMatchObject([
      { rule: 0, pruned: 2 },
      { rule: 1, pruned: 2 },
    ]);
  });

  it('leaves NaN and infinities, whatever the amount', () => {
    const values = [Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -2];
    for (const by of ['magnitude', 'signed'] as const) {
      for (const amount of [{ sparsity: 1 }, { count: 5 }, { threshold: 1e300 }]) {
        const tensor = tensorOfValues('F32', values);
        const { outcomes } = settled(recipeOf(ruleOf(amount, { criterion: by })), [tensor]);
        expect(maskOf(tensor, outcomes.get(0)!.program)).toEqual([false, true, false, false, true]);
        expect(outcomes.get(0)).toMatchObject({ pruned: 2, zeros: 2, exact: true });
      }
    }
  });

  it('measures sigma in the unbiased deviation', () => {
    // 2 where n - 1 divides, 1.63 where n would.
    const tensor = tensorOfValues('F64', [-2, 0, 2]);
    const pruned = [0.9, 1].map((sigma) => settled(recipeOf(ruleOf({ sigma })), [tensor]).outcomes.get(0)!.pruned);
    expect(pruned).toEqual([1, 3]);
  });

  it.each([
    ['a layer', ruleOf({ count: 4 }), 'rules[0] prunes 4 weights, but layer0.weight has only 3.'],
    [
      'all layers',
      ruleOf({ count: 7 }, { scope: 'global' }),
      'rules[0] prunes 7 weights, but the 2 tensors it decides for have only 6.',
    ],
  ] as const)('refuses to count more weights than there are in %s', (_, rule, message) => {
    const tensors = [tensorOfValues('F32', [1, 2, 3], 0), tensorOfValues('F32', [1, 2, 3], 1)];
    const refused = expect.objectContaining({ code: 'invalid-recipe', message });
    expect(() => resolve(recipeOf(rule), candidatesOf(tensors), new Map())).toThrow(refused);
  });

  it('does not refuse a count because of an estimate that is too high', () => {
    // All share a bin: without a look into it the threshold seems to take ten of them.
    const values = Array.from({ length: 40 }, (_, i) => 0.501 + i * 2 ** -20);
    const recipe: Recipe = {
      format: 'secateur-recipe',
      version: 1,
      steps: [[ruleOf({ threshold: 0.501 })], [ruleOf({ count: 39 })]],
    };
    const resolutions = resolutionsOf(recipe, [tensorOfValues('F32', values)]);
    expect(resolutions.at(-1)!.outcomes.get(0)).toMatchObject({ pruned: 40, exact: true });
  });
});

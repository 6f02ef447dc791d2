/** Locked layers: nothing changes where a lock is set or taken off, and no edit reaches what is locked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundsOf } from '../../../src/pruning/decide';
import { reset, setIncluded, withMethod, withSparsity, withThreshold } from '../../../src/pruning/edit';
import { lock, unlock } from '../../../src/pruning/locks';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import { presets } from '../../../src/pruning/presets';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { modelAndRecipe } from './arbitraries';
import { candidatesOf, maskOf, recipeOf, settled, type Tensor, tensorOfValues } from './support';

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 }, ...about };
}

/** The tensors as a recipe has them. */
function seen(tensors: readonly Tensor[], { locked = [] }: Recipe): Tensor[] {
  return tensors.map((tensor) => {
    const { locked: _, ...candidate } = tensor.candidate;
    return { ...tensor, candidate: locked.includes(candidate.name) ? { ...candidate, locked: true } : candidate };
  });
}

function masksIn(recipe: Recipe, tensors: readonly Tensor[]): boolean[][] {
  const as = seen(tensors, recipe);
  const { outcomes } = settled(recipe, as);
  return as.map((tensor) => maskOf(tensor, outcomes.get(tensor.candidate.id)?.program));
}

function zerosIn(recipe: Recipe, tensors: readonly Tensor[]) {
  return masksIn(recipe, tensors).map((mask) => mask.filter(Boolean).length);
}

function locked(recipe: Recipe, tensors: readonly Tensor[], ...chosen: readonly Tensor[]): Recipe {
  const as = seen(tensors, recipe);
  const meant = chosen.map(({ candidate }) => candidate);
  return lock(recipe, candidatesOf(as), meant, (each) => settled(each, as));
}

const ten = (scale: number) => Array.from({ length: 10 }, (_, i) => scale * (i + 1));
const tensors = [
  tensorOfValues('F32', ten(0.01), 0),
  tensorOfValues('F32', ten(0.1), 1),
  tensorOfValues('F32', ten(1), 2),
];
const [small, middle, large] = tensors as [Tensor, Tensor, Tensor];
const nameOf = ({ candidate }: Tensor) => candidate.name;
const model = { scope: 'model' } as const;

describe('a lock', () => {
  it('keeps what was set by hand, whatever is done to the whole model after it', () => {
    const byHand = withThreshold(
      recipeOf(rule()),
      candidatesOf(tensors),
      { scope: 'layers', names: [nameOf(large)] },
      3,
    );
    const recipe = locked(byHand, tensors, large);
    expect(zerosIn(recipe, tensors)).toEqual([10, 0, 3]);

    const candidates = candidatesOf(seen(tensors, recipe));
    expect(zerosIn(withSparsity(recipe, candidates, model, 0.9), tensors)).toEqual([10, 8, 3]);
    expect(zerosIn(withThreshold(recipe, candidates, model, 9), tensors)).toEqual([10, 10, 3]);
    expect(zerosIn(reset(recipe, candidates, model), tensors)).toEqual([0, 0, 3]);
    const scope = 'layer' as const;
    const method = { criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope } as const;
    expect(zerosIn(withMethod(recipe, candidates, model, method), tensors)[2]).toBe(3);
    expect(zerosIn(setIncluded(recipe, candidates, [2], false), tensors)[2]).toBe(3);
    for (const preset of presets) expect(zerosIn(preset.apply(recipe, candidates), tensors)[2]).toBe(3);
  });

  it('leaves an untouched layer untouched, and in', () => {
    const nothing = recipeOf(rule({ amount: { sparsity: 0 } }));
    const recipe = locked(nothing, tensors, middle);
    const edited = withSparsity(recipe, candidatesOf(seen(tensors, recipe)), model, 1);
    expect(zerosIn(edited, tensors)).toEqual([10, 0, 10]);
    expect(settled(edited, seen(tensors, edited)).outcomes.has(1)).toBe(true);
  });

  it('of a layer that shares an amount with others changes none of them', () => {
    const half = recipeOf(rule());
    const recipe = locked(half, tensors, small);
    expect(masksIn(recipe, tensors)).toEqual(masksIn(half, tensors));
    expect(recipe).toEqual({
      ...recipeOf(
        rule({ amount: { sparsity: 0.25 } }),
        rule({ tensors: [nameOf(small)], scope: 'layer', amount: { count: 10 }, locked: true }),
      ),
      locked: [nameOf(small)],
    });
    expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe);
  });

  it('that a hand wrote without a rule of its own keeps every weight, as it always did', () => {
    const written = { ...recipeOf(rule({ tensors: ['*', nameOf(small)], scope: 'layer' })), locked: [nameOf(small)] };
    expect(zerosIn(written, tensors)).toEqual([0, 5, 5]);
    expect(settled(written, seen(tensors, written)).outcomes.has(0)).toBe(false);
  });

  it('is taken off one of the layers that a glob locks, and the others stay locked', () => {
    const globbed = { ...recipeOf(rule({ scope: 'layer' })), locked: ['layer*'] };
    const all = candidatesOf(tensors);
    const freed = unlock(globbed, [all[1]!], all);
    expect(freed.locked).toEqual([nameOf(small), nameOf(large)]);
    expect(zerosIn(freed, tensors)).toEqual([0, 5, 0]);
    expect(unlock(globbed, all, all).locked).toBeUndefined();
  });

  it('survives steps that an edit makes one', () => {
    const steps = {
      format: 'secateur-recipe',
      version: 1,
      steps: [[rule()], [rule({ amount: { sparsity: 0.2 } })]],
    } as const;
    const before = zerosIn(steps, tensors);
    const recipe = locked(steps, tensors, middle);
    expect(zerosIn(recipe, tensors)).toEqual(before);
    const edited = withSparsity(recipe, candidatesOf(seen(tensors, recipe)), model, 0);
    expect(zerosIn(edited, tensors)).toEqual([0, before[1], 0]);
    expect(roundsOf(edited)).toHaveLength(2);
  });
});

/** What shares out by densities rounds for each tensor, and groups of which something went before have no common size. */
function isShiftedByRounding(recipe: Recipe): boolean {
  const rules = roundsOf(recipe).flat();
  return rules.some(({ scope }) => scope === 'erk') || rules.some(({ granularity }) => granularity !== 'weight');
}

function applies(recipe: Recipe, made: readonly Tensor[]): boolean {
  try {
    settled(recipe, made);
    return true;
  } catch {
    return false;
  }
}

it('a lock, and taking it off, change no mask of any tensor', () => {
  fc.assert(
    fc.property(modelAndRecipe, fc.nat(15), ([made, recipe], choice) => {
      fc.pre(!isShiftedByRounding(recipe) && applies(recipe, made));
      const chosen = made.filter((_, i) => (choice >> i) & 1);
      const before = masksIn(recipe, made);
      const after = locked(recipe, made, ...chosen);
      expect(masksIn(after, made)).toEqual(before);
      const all = candidatesOf(made);
      const freed = unlock(after, candidatesOf(chosen), all);
      expect(freed.locked).toBeUndefined();
      expect(masksIn(freed, made)).toEqual(before);
    }),
  );
});

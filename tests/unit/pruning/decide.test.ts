import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, population, roundsOf, rulePath } from '../../../src/pruning/decide';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import { measured, recipeOf } from './support';

const statistics = measured('F32', new Uint8Array(8));

function candidate(id: number, name: string, about: Partial<Candidate> = {}): Candidate {
  return { id, name, aliases: [], kind: 'linear', dtype: 'F32', shape: [1, 2], byDefault: true, statistics, ...about };
}

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 }, ...about };
}

const conv = candidate(0, 'conv1.weight', { kind: 'conv' });
const bias = candidate(1, 'conv1.bias', { kind: 'bias', byDefault: false });
const tied = candidate(2, 'embed.weight', { kind: 'embedding', byDefault: false, aliases: ['head.weight'] });
const odd = candidate(3, 'blocks[0].weight');
const candidates = [conv, bias, tied, odd];

describe('a rule', () => {
  it.each([
    ['without names: what is prunable by default', {}, [0, 3]],
    ['a glob: what is prunable by default', { tensors: ['conv1.*'] }, [0]],
    ['an exact name: also what is off by default', { tensors: ['conv1.bias'] }, [1]],
    ['an exact name with escapes', { tensors: ['conv1\\.bias'] }, [1]],
    ['another name of tied weights, exactly', { tensors: ['head.weight'] }, [2]],
    ['a glob on another name, off by default', { tensors: ['head.*'] }, []],
    ['a glob and an exact name', { tensors: ['*.weight', 'embed.weight'] }, [0, 2, 3]],
    ['a name with brackets as it is', { tensors: ['blocks[0].weight'] }, [3]],
    ['kinds', { kinds: ['conv'] }, [0]],
    ['kinds that are off by default, unnamed', { kinds: ['bias'] }, []],
    ['kinds that do not fit the name', { tensors: ['conv1.bias'], kinds: ['conv'] }, []],
    ['exclude', { exclude: ['conv*'] }, [3]],
    ['exclude before an exact name', { tensors: ['conv1.bias'], exclude: ['*.bias'] }, []],
    ['exclude by another name', { tensors: ['embed.weight'], exclude: ['head.*'] }, []],
    ['no patterns', { tensors: [] }, []],
    ['no kinds', { kinds: [] }, []],
    ['an inherited word', { tensors: ['constructor', '__proto__'] }, []],
  ] satisfies [string, Partial<Rule>, number[]][])('matches by %s', (_, about, expected) => {
    const decisions = decide([rule(about)], candidates);
    expect(candidates.filter((_, at) => decisions[at] === 0).map(({ id }) => id)).toEqual(expected);
  });
});

describe('decide', () => {
  it('gives each tensor to the last rule that matches it', () => {
    const rules = [rule(), rule({ tensors: ['conv1.weight', 'conv1.bias'] }), rule({ kinds: ['embedding'] })];
    expect(Array.from(decide(rules, candidates))).toEqual([1, 1, -1, 0]);
  });

  it('agrees with holding every rule against every tensor, one by one', () => {
    const pattern = fc.constantFrom(
      '*',
      'conv1.*',
      'conv1.bias',
      'head.weight',
      'embed.weight',
      'blocks[0].weight',
      'x',
    );
    const patterns = fc.option(fc.array(pattern, { maxLength: 3 }), { nil: undefined });
    const kinds = fc.option(fc.subarray(['conv', 'bias', 'embedding', 'linear'] as const), { nil: undefined });
    const rules = fc.array(
      fc
        .record({ tensors: patterns, exclude: patterns, kinds })
        .map(({ tensors, exclude, kinds: narrowed }) =>
          rule({ ...(tensors && { tensors }), ...(exclude && { exclude }), ...(narrowed && { kinds: narrowed }) }),
        ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(rules, (made) => {
        const expected = candidates.map((each) => made.findLastIndex((one) => decide([one], [each])[0] === 0));
        expect(Array.from(decide(made, candidates))).toEqual(expected);
      }),
    );
  });
});

describe('rounds of a recipe', () => {
  const steps: Recipe = {
    format: 'secateur-recipe',
    version: 1,
    steps: [[rule({ tensors: ['conv1.*'] })], [rule({ kinds: ['conv'] }), rule({ tensors: ['conv1.bias'] })]],
  };

  it('are its steps, or its rules as one', () => {
    expect(roundsOf(recipeOf(rule()))).toEqual([[rule()]]);
    expect(roundsOf(steps)).toHaveLength(2);
  });

  it('have paths that a person finds in the file', () => {
    expect(rulePath(recipeOf(rule()), 0, 2)).toBe('rules[2]');
    expect(rulePath(steps, 1, 0)).toBe('steps[1][0]');
  });

  it('together say which tensors are in', () => {
    expect([...population(steps, candidates)]).toEqual([0, 1]);
    expect([...population(recipeOf(), candidates)]).toEqual([]);
  });
});

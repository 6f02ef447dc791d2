/** What methods need of a tensor, and what they say where it has it not. */
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import { scoreFor, scoresIn } from '../../../src/pruning/scoring';
import { usualAxes } from '../../support/axes';
import { bytesOf } from '../../support/tensors';
import { tensorOf } from './support';

function candidate(shape: readonly number[], about: Partial<Candidate> = {}): Candidate {
  return tensorOf('F32', bytesOf('F32', [1, 2]), { id: 0, name: 'w', shape, ...about }).candidate;
}

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 }, ...about };
}

const linear = candidate([4, 6]);
const conv = candidate([8, 4, 3, 3]);
const transposed = candidate([6, 4], usualAxes([6, 4], 1));
const flat = candidate([5]);
const filters = { dim: 0, norm: 2 } as const;

describe('a score', () => {
  it.each([
    ['weights', rule(), linear, { criterion: 'magnitude' }],
    ['draws', rule({ criterion: 'random' }), linear, { criterion: 'random', seed: 0 }],
    ['seeded draws', rule({ criterion: 'random', seed: 7 }), flat, { criterion: 'random', seed: 7 }],
    [
      'a dimension',
      rule({ granularity: filters }),
      conv,
      { groups: { kind: 'dim', axes: [{ axis: 0, size: 1 }], norm: 2 } },
    ],
    [
      'the last one',
      rule({ granularity: { dim: -1, norm: 'inf' } }),
      conv,
      { groups: { axes: [{ axis: 3, size: 1 }], norm: 'inf' } },
    ],
    [
      'kernels',
      rule({ granularity: 'kernel' }),
      conv,
      { groups: { kind: 'kernel', axes: [{ axis: 0 }, { axis: 1 }] } },
    ],
    [
      'blocks',
      rule({ granularity: { block: [2, 3] } }),
      transposed,
      {
        groups: {
          axes: [
            { axis: 1, size: 2 },
            { axis: 0, size: 3 },
          ],
        },
      },
    ],
  ])('of %s', (_, by, tensor, score) => {
    expect(scoreFor(by, tensor, 'rules[0]')).toMatchObject(score);
  });

  it.each([
    [rule({ granularity: filters }), flat, 'groups need two dimensions, and it has one dimension'],
    [rule({ granularity: filters }), candidate([]), 'groups need two dimensions, and it has no dimensions'],
    [rule({ granularity: { dim: 2, norm: 1 } }), linear, 'there is no dimension 2, it has 2 dimensions'],
    [rule({ granularity: { dim: -3, norm: 1 } }), linear, 'there is no dimension -3, it has 2 dimensions'],
    [rule({ granularity: 'kernel' }), linear, 'it has no kernels, which the weights of convolutions have'],
    [rule({ granularity: { n: 2, m: 4 } }), flat, 'an n:m pattern runs along the inputs, and it has one dimension'],
    [rule({ scope: 'row' }), flat, 'it has no rows, only one dimension'],
    [rule({ criterion: 'magnitude_increase' }), linear, 'magnitude_increase compares with an earlier checkpoint'],
    [rule({ criterion: 'activation' }), linear, 'activation needs the norms of the inputs'],
  ])('that a tensor has not: %#', (by, tensor, why) => {
    expect(() => scoreFor(by, tensor, 'rules[3]')).toThrow(
      expect.objectContaining({
        code: 'unsupported-feature',
        message: expect.stringContaining(`rules[3] cannot prune w: ${why}`),
        context: expect.objectContaining({ tensor: 'w', record: 'rules[3]', advice: expect.stringMatching(/\.$/) }),
      }),
    );
  });

  it('is there where the reference or the norms of inputs are', () => {
    const known = candidate([2, 3], { reference: true, inputNorms: true });
    expect(scoreFor(rule({ criterion: 'magnitude_increase' }), known, '')).toEqual({ criterion: 'magnitude_increase' });
    expect(scoreFor(rule({ criterion: 'activation' }), known, '')).toEqual({
      criterion: 'activation',
      axes: { outputs: [0], inputs: [1] },
    });
  });

  it('is counted by what goes together', () => {
    const counts = (['weight', { n: 2, m: 4 }, 'kernel', filters, { block: [3, 3] }] as const).map((granularity) =>
      scoresIn(granularity, conv),
    );
    expect(counts).toEqual([288, 288, 32, 8, 6]);
    expect(scoresIn('kernel', linear)).toBe(0);
  });
});

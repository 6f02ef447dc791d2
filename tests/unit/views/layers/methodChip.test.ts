import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../src/pruning/recipe';
import { chipOf, meaningOf } from '../../../../src/views/layers/methodChip';
import { measured } from '../editor/layers';

function rule(about: Partial<Rule>): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', ...about };
}

const conv = measured(0, 'conv.weight', { count: 36 }, { kind: 'conv', shape: [4, 1, 3, 3] });

describe('a threshold in the table', () => {
  it.each<[Partial<Rule>, string | undefined]>([
    [{}, undefined],
    [{ criterion: 'signed' }, 'w'],
    [{ criterion: 'random' }, 'rnd'],
    [{ granularity: { dim: 0, norm: 2 } }, 'L2'],
    [{ granularity: { dim: 0, norm: 'inf' } }, 'L∞'],
    [{ granularity: { dim: 0, norm: 2 }, criterion: 'random' }, 'rnd'],
    [{ granularity: 'kernel' }, 'k×k'],
    [{ granularity: { block: [4, 2] } }, '4×2'],
    [{ granularity: { n: 2, m: 4 } }, '2:4'],
    [{ scope: 'row' }, 'row'],
  ])('of %j has the chip %s', (about, chip) => {
    expect(chipOf(rule(about))).toBe(chip);
  });

  it('is said as a sentence', () => {
    expect(meaningOf(rule({ granularity: { dim: 0, norm: 2 } }), conv, 0.5)).toBe(
      'What goes: filters with L2 norm ≤ 0.500',
    );
    expect(meaningOf(rule({}), conv, undefined)).toBe('Ranked: the |w| of weights');
    expect(meaningOf(rule({ granularity: { n: 2, m: 4 } }), conv, undefined)).toMatch(/the 2 highest stay/);
  });
});

import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../../src/pruning/recipe';
import { fixedText, shownScores } from '../../../../../src/views/parts/scores/shownScores';
import { measured, weighing } from '../../editor/layers';

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 }, ...about };
}

const filters = rule({ granularity: { dim: 0, norm: 2 } });
const conv = measured(0, 'conv.weight', { count: 36 }, { kind: 'conv', shape: [4, 1, 3, 3], numel: 36 });
const linear = measured(1, 'fc.weight', { count: 40 }, { shape: [4, 10], numel: 40, dtype: 'F16' });
const norms = weighing([0.5, 1, 2, 3]).statistics;

describe('what the histogram shows', () => {
  it('is the weights themselves, for their magnitudes and signs', () => {
    for (const [criterion, ranking, sides] of [
      ['magnitude', 'magnitude', 'either'],
      ['signed', 'signed', 'signed'],
    ] as const) {
      const shown = shownScores([conv, linear], [rule({ criterion }), rule({ criterion })], [undefined, undefined]);
      expect(shown).toMatchObject({ kind: 'placeable', ranking, sides, tensors: [conv, linear] });
      expect(shown).not.toHaveProperty('title');
      expect(shown).not.toHaveProperty('groups');
    }
  });

  it('is the weights where nothing decides', () => {
    expect(shownScores([conv], [undefined], [undefined])).toMatchObject({ kind: 'placeable', ranking: 'magnitude' });
  });

  it('is the norms of groups, from zero up, in the dtype of each tensor', () => {
    const shown = shownScores([conv, linear], [filters, filters], [norms, norms]);
    expect(shown).toMatchObject({
      kind: 'placeable',
      ranking: 'signed',
      sides: 'from zero',
      title: 'L2 norms of 8 channels',
      groups: [4, 4],
      tensors: [
        { dtype: 'F32', statistics: norms },
        { dtype: 'F16', statistics: norms },
      ],
    });
    expect(shownScores([conv], [filters], [norms])).toMatchObject({ title: 'L2 norms of 4 filters' });
  });

  it('is draws in f32, and increases of either sign', () => {
    const random = rule({ criterion: 'random' });
    expect(shownScores([linear], [random], [norms])).toMatchObject({
      sides: 'from zero',
      title: 'Random draws of 4 weights',
      tensors: [{ dtype: 'F32' }],
    });
    const increase = rule({ criterion: 'magnitude_increase' });
    expect(shownScores([linear], [increase], [norms])).toMatchObject({ sides: 'signed', tensors: [{ dtype: 'F16' }] });
  });

  it('waits while scores are not measured', () => {
    expect(shownScores([conv, linear], [filters, filters], [norms, undefined]).kind).toBe('measuring');
  });

  it('has no threshold for patterns and rows, nor for several methods', () => {
    const pattern = rule({ granularity: { n: 2, m: 4 } });
    expect(shownScores([conv], [pattern], [undefined])).toEqual({ kind: 'fixed', rule: pattern });
    expect(shownScores([conv], [rule({ scope: 'row' })], [undefined]).kind).toBe('fixed');
    expect(shownScores([conv, linear], [filters, rule()], [norms, undefined]).kind).toBe('several');
  });

  it('is one for rules that rank alike, however they share out', () => {
    const global = rule({ scope: 'global', amount: { threshold: 1 } });
    expect(shownScores([conv, linear], [global, rule()], [undefined, undefined]).kind).toBe('placeable');
    const seeds = [rule({ criterion: 'random', seed: 1 }), rule({ criterion: 'random', seed: 2 })];
    expect(shownScores([conv, linear], seeds, [norms, norms]).kind).toBe('several');
  });
});

describe('the sentence where no handle is', () => {
  const pattern = rule({ granularity: { n: 2, m: 4 } });
  const inputs = (id: number, count: number) => measured(id, `fc${id}.weight`, { count: 8 }, { shape: [2, count] });

  it('says what stays of each strip', () => {
    expect(fixedText(pattern, [inputs(0, 8)])).toMatch(/of every 4 neighbours along the inputs the 2 highest stay/);
  });

  it('says which tails stay dense', () => {
    expect(fixedText(pattern, [inputs(0, 8)])).not.toMatch(/dense/);
    expect(fixedText(pattern, [inputs(0, 9)])).toMatch(/fc0.weight has 9 inputs.*the last one stays dense/);
    expect(fixedText(pattern, [inputs(0, 10)])).toMatch(/the last 2 stay dense/);
    expect(fixedText(pattern, [inputs(0, 3)])).toMatch(/fc0.weight has fewer inputs than 4: all of it stays dense/);
    expect(fixedText(pattern, [inputs(0, 9), inputs(1, 9)])).toMatch(/In 2 layers/);
  });

  it('says how rows lose', () => {
    expect(fixedText(rule({ scope: 'row' }), [inputs(0, 8)])).toMatch(/each output loses the same number/);
  });
});

import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../../src/pruning/resolution';
import { scopeFigures, shareOf } from '../../../../../src/views/parts/scores/scopeFigures';
import { measured, outcome } from '../../editor/layers';

const both = [measured(0, 'conv.weight', { count: 100, zeros: 10 }), measured(2, 'fc.weight', { count: 300 })];
const outcomes = new Map<number, Outcome>([
  [0, outcome({ zeros: 40, threshold: 0.1 })],
  [2, outcome({ zeros: 60, threshold: 0.1 })],
]);
describe('the figures of a scope', () => {
  it('add up', () => {
    expect(scopeFigures(both, outcomes, 0)).toEqual({
      weights: 400,
      zerosBefore: 10,
      zeros: 100,
      sparsity: 0.25,
      exact: true,
      pruned: 100,
      threshold: { kind: 'one', value: 0.1 },
    });
  });

  it('count groups where weights go in groups, and share by them', () => {
    const pruned = new Map([
      [0, outcome({ zeros: 50, threshold: 1 })],
      [2, outcome({ zeros: 30, threshold: 1 })],
    ]);
    const figures = scopeFigures(both, pruned, 0, [10, 30]);
    expect(figures.groups).toEqual({ gone: 8, total: 40 });
    expect(shareOf(figures)).toBe(0.2);
    expect(shareOf(scopeFigures(both, pruned, 0))).toBe(0.2);
    expect(shareOf(scopeFigures([], pruned, 0, []))).toBe(0);
  });

  it('are inexact while any of them is', () => {
    const waiting = new Map(outcomes).set(2, outcome({ zeros: 60, threshold: 0.1, exact: false }));
    expect(scopeFigures(both, waiting, 0).exact).toBe(false);
  });

  it('say when thresholds differ, and between what', () => {
    const differing = new Map(outcomes).set(2, outcome({ zeros: 0, threshold: 0.3 }));
    expect(scopeFigures(both, differing, 0).threshold).toEqual({ kind: 'mixed', low: 0.1, high: 0.3 });
    const onlyOne = new Map(outcomes).set(2, outcome({ zeros: 0 }));
    expect(scopeFigures(both, onlyOne, 0).threshold).toEqual({ kind: 'mixed', low: 0, high: 0.1 });
  });

  it('say when nothing is pruned', () => {
    const none = new Map([0, 2].map((id) => [id, outcome({ zeros: 0 })]));
    expect(scopeFigures(both, none, 0).threshold).toEqual({ kind: 'none' });
  });

  it('see one threshold in what each dtype rounds differently', () => {
    const mixed = [measured(0, 'a', { count: 1 }), measured(1, 'b', { count: 1 }, { dtype: 'BF16' })];
    const rounded = new Map([
      [0, outcome({ zeros: 0, threshold: Math.fround(0.1) })],
      [1, outcome({ zeros: 0, threshold: 0.10009765625 })],
    ]);
    expect(scopeFigures(mixed, rounded, 0).threshold.kind).toBe('one');
    expect(scopeFigures([mixed[0]!, { ...mixed[1]!, dtype: 'F32' }], rounded, 0).threshold.kind).toBe('mixed');
  });
});

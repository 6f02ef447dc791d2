import { describe, expect, it } from 'vitest';
import type { Candidate, Outcome } from '../../../../src/pruning/resolution';
import { layersInScope, type MeasuredLayer, scopeFigures, shareOf } from '../../../../src/views/editor/editScope';
import { measured, outcome, unmeasured } from './layers';

const layers = [
  measured(0, 'conv.weight', { count: 100, zeros: 10 }),
  measured(1, 'conv.bias', { count: 10 }, { byDefault: false, reason: 'bias: off by default' }),
  measured(2, 'fc.weight', { count: 300 }),
  measured(3, 'tied.weight', { count: 300 }, { sameAs: 2, prunable: false, byDefault: false }),
  unmeasured(4, 'steps'),
];
const outcomes = new Map<number, Outcome>([
  [0, outcome({ zeros: 40, threshold: 0.1 })],
  [2, outcome({ zeros: 60, threshold: 0.1 })],
]);
function candidateOf(id: number): Candidate {
  const { name, kind, dtype, shape, statistics } = layers[id] as MeasuredLayer;
  return { id, name, aliases: [], kind, dtype, shape, byDefault: true, statistics };
}

const inScope = (...args: [readonly number[], 'layer' | 'selected' | 'model']) =>
  layersInScope(layers, ...args, outcomes).map(({ name }) => name);

describe('the edit scope', () => {
  it('is the layer shown, the one selected last', () => {
    expect(inScope([2, 0], 'layer')).toEqual(['conv.weight']);
  });

  it('is all selected layers that are in, in file order', () => {
    expect(inScope([2, 1, 0, 4], 'selected')).toEqual(['conv.weight', 'fc.weight']);
  });

  it('is every layer that is in', () => {
    expect(inScope([1], 'model')).toEqual(['conv.weight', 'fc.weight']);
  });

  it('reaches tied weights by either name, once', () => {
    expect(inScope([3], 'layer')).toEqual(['fc.weight']);
    expect(inScope([2, 3], 'selected')).toEqual(['fc.weight']);
  });

  it('of a copy that takes the mask of another is that other', () => {
    const originals = new Map([[2, candidateOf(0)]]);
    const named = (ids: readonly number[], scope: 'layer' | 'selected' | 'model') =>
      layersInScope(layers, ids, scope, outcomes, originals).map(({ name }) => name);
    expect(named([2], 'layer')).toEqual(['conv.weight']);
    expect(named([0, 2], 'selected')).toEqual(['conv.weight']);
    expect(named([], 'model')).toEqual(['conv.weight']);
  });

  it('is empty where the layer is switched out', () => {
    expect(inScope([1], 'layer')).toEqual([]);
    expect(inScope([4], 'layer')).toEqual([]);
  });
});

describe('the figures of a scope', () => {
  const both = layersInScope(layers, [], 'model', outcomes);

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

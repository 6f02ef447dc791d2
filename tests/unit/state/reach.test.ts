import { describe, expect, it } from 'vitest';
import type { Candidate, Outcome } from '../../../src/pruning/resolution';
import { layersInScope, type MeasuredLayer } from '../../../src/state/reach';
import { measured, outcome, unmeasured } from '../views/editor/layers';

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

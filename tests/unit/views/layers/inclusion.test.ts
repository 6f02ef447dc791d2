import { describe, expect, it } from 'vitest';
import { governed, inclusionOf, switched, switchedShown } from '../../../../src/views/layers/inclusion';
import { kindGroups } from '../../../../src/views/layers/kinds';
import { counter, layer, norm } from './layers';

const layers = [
  layer(0, 'conv1.weight'),
  norm(1, 'bn1.weight'),
  counter(2, 'bn1.num_batches_tracked'),
  layer(3, 'conv2.weight'),
];
const within = (...ids: number[]) => {
  const set = new Set(ids);
  return (id: number) => set.has(id);
};

describe('how many of many are in', () => {
  it('counts only what can be pruned', () => {
    expect(inclusionOf(layers, within(0, 1, 3))).toBe('all');
    expect(inclusionOf(layers, within(0))).toBe('some');
    expect(inclusionOf(layers, within())).toBe('none');
    expect(inclusionOf([counter(2, 'steps')], within())).toBe('none');
  });
});

describe('switching many', () => {
  it('takes all in until all are in, then all out', () => {
    expect(switched(layers, within(0))).toEqual({ ids: [0, 1, 3], included: true });
    expect(switched(layers, within(0, 1, 3))).toEqual({ ids: [0, 1, 3], included: false });
  });

  it('asks for nothing where nothing can be pruned', () => {
    expect(switched([counter(2, 'steps')], within()).ids).toEqual([]);
  });
});

describe('the checkbox over all rows shown', () => {
  it('does not take normalisation weights in along with the others', () => {
    expect(switchedShown(layers, within())).toEqual({ ids: [0, 3], included: true });
  });

  it('takes them in when they are all that is shown', () => {
    expect(governed([norm(1, 'bn1.weight'), counter(2, 'steps')])).toEqual([norm(1, 'bn1.weight')]);
    expect(switchedShown([norm(1, 'bn1.weight')], within())).toEqual({ ids: [1], included: true });
  });

  it('takes out whatever is in', () => {
    expect(switchedShown(layers, within(0, 1, 3))).toEqual({ ids: [0, 1, 3], included: false });
  });
});

describe('kinds', () => {
  it('come with weights first, and only those there are', () => {
    expect(kindGroups(layers).map(({ kind, layers: { length }, prunable }) => [kind, length, prunable])).toEqual([
      ['conv', 2, true],
      ['norm', 1, true],
      ['integer', 1, false],
    ]);
  });
});

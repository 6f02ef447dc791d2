import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/engine/opened';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { censusOf } from '../../../src/engine/recipe/census';
import { overruled } from '../../../src/engine/recipe/overruled';
import { CheckpointError } from '../../../src/lib/errors';
import { decide } from '../../../src/pruning/decide';
import type { Recipe } from '../../../src/pruning/recipe';
import type { LayerEntry } from '../../../src/pruning/recipeHead';
import { bytesOf } from '../../support/tensors';
import { measured } from '../pruning/support';

function layer(id: number, name: string, shape: readonly number[], about: Partial<Layer> = {}): Layer {
  const numel = shape.reduce((all, size) => all * size, 1);
  const values = Array.from({ length: numel }, (_, i) => i % 4);
  return {
    id,
    name,
    container: '',
    kind: 'linear',
    dtype: 'F32',
    shape,
    numel,
    alsoNamed: [],
    prunable: true,
    byDefault: true,
    statistics: measured('F32', bytesOf('F32', values)),
    ...about,
  };
}

const unknown = { kind: 'unknown', byDefault: false, reason: 'use unknown: off by default' } as const;
const layers = [
  layer(0, 'fc.weight', [4, 8], { axes: { outputs: [0], inputs: [1] }, because: 'has a bias of 4' }),
  layer(1, 'fc.bias', [4], { kind: 'bias', byDefault: false, reason: 'bias: off by default' }),
  layer(2, 'table', [6, 8], unknown),
  layer(3, 'cube', [2, 4, 8], unknown),
  layer(4, 'head.weight', [6, 8], { alsoNamed: [5] }),
  layer(5, 'embed.weight', [6, 8], { kind: 'embedding', prunable: false, byDefault: false, sameAs: 4 }),
  layer(6, 'exp_avg.fc.weight', [4, 8], { kind: 'optimizer', prunable: false, byDefault: false }),
  layer(7, 'running_mean', [8], { kind: 'buffer', byDefault: false, sharedBy: [8] }),
  layer(8, 'part', [4], { prunable: false, byDefault: false, sharesWith: [7] }),
];
const recipe = (...entries: LayerEntry[]): Recipe => ({
  format: 'secateur-recipe',
  version: 1,
  layers: entries,
  rules: [
    { kinds: ['conv'], criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 } },
  ],
});
const refusal = (entry: LayerEntry) => {
  try {
    overruled(layers, recipe(entry));
  } catch (thrown) {
    if (thrown instanceof CheckpointError) return [thrown.code, thrown.context.record, thrown.message];
  }
  return undefined;
};

describe('what a person says of a tensor', () => {
  it('decides its kind, and with that whether it is in', () => {
    const set = overruled(layers, recipe({ tensors: ['table'], kind: 'linear' }));
    expect(set[2]).toMatchObject({ kind: 'linear', because: 'set by hand', byDefault: true });
    expect(set[2]).not.toHaveProperty('reason');
    const off = overruled(layers, recipe({ tensors: ['fc.*'], kind: 'embedding' }));
    expect(off[0]).toMatchObject({ kind: 'embedding', byDefault: false, reason: 'embedding: off by default' });
  });

  it('is what rules match kinds by', () => {
    const conv = recipe({ tensors: ['table'], kind: 'conv' });
    const candidates = candidatesOf(overruled(layers, conv));
    const decisions = decide('rules' in conv ? conv.rules : [], candidates);
    expect(candidates.filter((_, at) => decisions[at] === 0).map(({ name }) => name)).toEqual(['table']);
  });

  it('decides its axes, of which one may be told from the other', () => {
    const turned = overruled(layers, recipe({ tensors: ['fc.weight'], outputs: [1] }));
    expect(turned[0]).toMatchObject({ axes: { outputs: [1], inputs: [0] }, because: 'set by hand', byDefault: true });
    const cube = overruled(layers, recipe({ tensors: ['cube'], outputs: [0, 1], inputs: [2] }));
    expect(cube[3]!.axes).toEqual({ outputs: [0, 1], inputs: [2] });
    expect(cube[3]).toMatchObject({ kind: 'unknown', byDefault: false, reason: unknown.reason });
  });

  it('counts by its last entry, and leaves others what they were', () => {
    const set = overruled(layers, recipe({ tensors: ['*'], kind: 'norm' }, { tensors: ['fc.weight'], kind: 'conv' }));
    expect(set.map(({ kind }) => kind).slice(0, 4)).toEqual(['conv', 'norm', 'norm', 'norm']);
    expect(overruled(layers, recipe({ tensors: ['table'], kind: 'norm' }))[0]).toBe(layers[0]);
  });

  it('reaches tied weights by any name, and picks no lock of the file', () => {
    const set = overruled(layers, recipe({ tensors: ['embed.weight', 'exp_avg.*'], kind: 'prelu' }));
    expect(set[4]).toMatchObject({ kind: 'prelu', because: 'set by hand' });
    expect(set[6]).toBe(layers[6]);
  });

  it('means the weights where a pattern reaches a bias, too', () => {
    const set = overruled(layers, recipe({ tensors: ['fc.*'], outputs: [1], inputs: [0] }));
    expect(set[0]!.axes).toEqual({ outputs: [1], inputs: [0] });
    expect(set[1]).toBe(layers[1]);
  });

  it.each<[string, LayerEntry, string, string]>([
    ['a dimension that there is not', { tensors: ['fc.*'], outputs: [2] }, 'layers[0].outputs', 'dimensions 0 to 1'],
    ['one dimension twice', { tensors: ['cube'], outputs: [1], inputs: [1] }, 'layers[0].inputs', 'have it twice'],
    ['a bias', { tensors: ['fc.bias'], inputs: [0] }, 'layers[0].inputs', 'fewer than two'],
    ['half of what is to be known', { tensors: ['cube'], outputs: [1] }, 'layers[0]', 'should say inputs, too'],
  ])('is refused where it names %s', (_, entry, record, message) => {
    const [code, at, text] = refusal(entry)!;
    expect([code, at]).toEqual(['invalid-recipe', record]);
    expect(text).toContain(message);
  });

  it('locks by any name, and with views of a tensor the tensor', () => {
    const locked = overruled(layers, { ...recipe(), locked: ['embed.*', 'part'] });
    expect(locked.filter((layer) => layer.locked).map(({ id }) => id)).toEqual([4, 7]);
    expect(candidatesOf(locked).flatMap((candidate) => (candidate.locked ? candidate.id : []))).toEqual([4, 7]);
  });

  it('makes the same list of the same recipe, whatever its rules', () => {
    const entries = recipe({ tensors: ['table'], kind: 'linear' });
    expect(overruled(layers, { ...entries, rules: [] })).toBe(overruled(layers, entries));
    expect(overruled(layers, { format: 'secateur-recipe', version: 1, rules: [] })).toBe(layers);
  });
});

describe('a census', () => {
  it('counts each weight once, and no buffers, masks or state of training', () => {
    // fc, its bias, the table, the cube and the head; the embedding is the head.
    const floating = 32 + 4 + 48 + 64 + 48;
    expect(censusOf(layers)).toEqual({
      floating,
      prunable: floating,
      included: 0,
      zerosBefore: 0,
      zerosAfter: 0,
      newZeros: 0,
    });
  });

  it('tells zeros that go from those that were there', () => {
    const outcomes = new Map([
      [0, { rule: 0, zeros: 20 }],
      [2, { rule: 0, zeros: 12 }],
    ]);
    expect(censusOf(layers, outcomes)).toMatchObject({ included: 80, zerosBefore: 20, zerosAfter: 32, newZeros: 12 });
  });
});

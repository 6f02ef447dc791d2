import { describe, expect, it } from 'vitest';
import { layersMatching, modelTermOf, parseFilter } from '../../../src/state/layerFilter';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { outcome } from '../views/editor/layers';
import { counter, layer, norm } from '../views/layers/layers';

const layers = [
  layer(0, 'features.0.weight'),
  norm(1, 'features.1.weight'),
  counter(2, 'features.1.num_batches_tracked'),
  layer(3, 'classifier.weight', { kind: 'linear' }),
  layer(4, 'Classifier.bias', { kind: 'bias' }),
];
const found = (text: string) => layers.filter((layer) => parseFilter(text).matches({ layer })).map(({ id }) => id);

describe('the filter box', () => {
  it('shows everything when it is empty', () => {
    expect(found('')).toEqual([0, 1, 2, 3, 4]);
    expect(found('  ')).toEqual([0, 1, 2, 3, 4]);
  });

  it('finds plain text anywhere in a name, in any case', () => {
    expect(found('CLASS')).toEqual([3, 4]);
    expect(found('res.1')).toEqual([1, 2]);
  });

  it('takes a glob, too, for a part of a name, in any case', () => {
    expect(found('features.*')).toEqual([0, 1, 2]);
    expect(found('*.weight')).toEqual([0, 1, 3]);
    expect(found('wei?ht')).toEqual([0, 1, 3]);
    expect(found('1*TRACKED')).toEqual([2]);
    expect(found('[A-C]lass')).toEqual([3, 4]);
    expect(found('weight*x')).toEqual([]);
  });

  it('finds kinds, one or several', () => {
    expect(found('kind:norm')).toEqual([1]);
    expect(found('kind:linear,bias')).toEqual([3, 4]);
    expect(found('KIND:Lin')).toEqual([3]);
  });

  it('finds the layers of a model, the outermost one and those with spaces in their names, too', () => {
    const models = [
      layer(0, 'a.weight', { model: '' }),
      layer(1, 'ema.a.weight', { model: 'ema' }),
      layer(2, 'b.weight', { model: 'my model' }),
    ];
    const of = (text: string) => models.filter((layer) => parseFilter(text).matches({ layer })).map(({ id }) => id);
    expect(of(modelTermOf('ema'))).toEqual([1]);
    expect(of(modelTermOf(''))).toEqual([0]);
    expect(of(modelTermOf('my model'))).toEqual([2]);
    expect(of('model:')).toEqual([0, 1, 2]);
  });

  it('shows everything while a kind is still being typed', () => {
    expect(found('kind:')).toEqual([0, 1, 2, 3, 4]);
  });

  it('wants all of several words', () => {
    expect(found('kind:conv features')).toEqual([0]);
    expect(found('features weight')).toEqual([0, 1]);
  });

  it('does not read text as a regular expression', () => {
    expect(found('features.0(')).toEqual([]);
  });
});

describe('the filter by value', () => {
  const histogram = { firstBin: 0, positive: new Uint32Array(1), negative: new Uint32Array(1) };
  const statistics = (partial: Partial<TensorStatistics>): TensorStatistics => ({
    ...{ count: 1000, zeros: 0, nan: 0, inf: 0, min: -1, max: 0.5, mean: 0, std: 0.1, histogram },
    ...partial,
  });
  const measured = [
    layer(0, 'out_proj.weight', { shape: [10, 100], numel: 1000, statistics: statistics({}) }),
    layer(1, 'conv.weight', { shape: [10, 100], numel: 1000, statistics: statistics({ nan: 1, zeros: 950 }) }),
    layer(2, 'fc.weight', { shape: [1200, 1000], numel: 1_200_000, statistics: statistics({ inf: 2, min: -9 }) }),
    layer(3, 'tied.weight', { shape: [10, 100], numel: 1000, sameAs: 0, statistics: statistics({}) }),
  ];
  const known = {
    layers: measured,
    outcomes: new Map([[0, outcome({ zeros: 905, threshold: 0.2 })]]),
    locks: new Set([1]),
    macs: new Map([[2, { macs: 5e6, effective: 5e6 }]]),
  };
  const shown = (text: string) => [...layersMatching(parseFilter(text), known)];

  it('compares sparsity in percent, of what is not pruned as the file has it', () => {
    expect(shown('sparsity>90')).toEqual([0, 1, 3]);
    expect(shown('sparsity > 90 %'.replace(' %', '%'))).toEqual([0, 1, 3]);
    expect(shown('Sparsity>=90.5')).toEqual([0, 1, 3]);
    expect(shown('sparsity>90.5')).toEqual([1]);
    expect(shown('sparsity=90.5')).toEqual([0, 3]);
    expect(shown('density<6')).toEqual([1]);
  });

  it('reads thousands and millions, and powers of ten', () => {
    expect(shown('params>=1.2M')).toEqual([2]);
    expect(shown('params<=1k')).toEqual([0, 1, 3]);
    expect(shown('params>1e3')).toEqual([2]);
    expect(shown('max>5')).toEqual([2]);
    expect(shown('threshold>0')).toEqual([0, 3]);
  });

  it('finds what a layer has, and whether it is pruned or locked', () => {
    expect(shown('has nan')).toEqual([1]);
    expect(shown('has nan|has inf')).toEqual([1, 2]);
    expect(shown('has')).toEqual([]);
    expect(shown('in')).toEqual([0, 3]);
    expect(shown('out')).toEqual([1, 2]);
    expect(shown('locked')).toEqual([1]);
    expect(shown('out*')).toEqual([0]);
  });

  it('takes either of several, and the other way round', () => {
    expect(shown('conv|fc')).toEqual([1, 2]);
    expect(shown('conv | fc sparsity<1')).toEqual([1, 2]);
    expect(shown('conv|fc sparsity<1')).toEqual([2]);
    expect(shown('!conv')).toEqual([0, 2, 3]);
    expect(shown('!conv|tied params>1')).toEqual([0, 2, 3]);
  });

  it('leaves everything while a comparison is being typed, and says what no figure is called', () => {
    expect(shown('sparsity>')).toEqual([0, 1, 2, 3]);
    expect(shown('conv |')).toEqual([1]);
    expect(parseFilter('sparsty>9').problem).toMatch(/No figure is called sparsty: sparsity, /);
    expect(parseFilter('sparsity>many').problem).toBe('many is no number.');
    expect(shown('sparsty>9')).toEqual([]);
  });

  it('knows nothing of figures before the file is measured', () => {
    expect(parseFilter('in').matches({ layer: layer(0, 'a') })).toBe(false);
    expect(parseFilter('out').matches({ layer: layer(0, 'a') })).toBe(false);
    expect(parseFilter('macs>1').matches({ layer: layer(0, 'a') })).toBe(false);
  });
});

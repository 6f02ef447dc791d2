import { describe, expect, it } from 'vitest';
import { modelTermOf, parseFilter } from '../../../../src/views/layers/filter';
import { counter, layer, norm } from './layers';

const layers = [
  layer(0, 'features.0.weight'),
  norm(1, 'features.1.weight'),
  counter(2, 'features.1.num_batches_tracked'),
  layer(3, 'classifier.weight', { kind: 'linear' }),
  layer(4, 'Classifier.bias', { kind: 'bias' }),
];
const found = (text: string) => layers.filter(parseFilter(text)).map(({ id }) => id);

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
    const of = (text: string) => models.filter(parseFilter(text)).map(({ id }) => id);
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
    expect(found('features|classifier')).toEqual([]);
  });
});

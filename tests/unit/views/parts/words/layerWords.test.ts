import { describe, expect, it } from 'vitest';
import { axesAt } from '../../../../../src/tensors/axes';
import { axesText, kindText, matchText, reasonText } from '../../../../../src/views/parts/words/layerWords';
import { counter, layer, norm } from '../../layers/layers';

describe('why a tensor is what it is', () => {
  it('follows the kind', () => {
    expect(kindText(layer(0, 'a', { kind: 'linear', because: 'has a bias of 48' }))).toBe('linear: has a bias of 48');
    expect(kindText(layer(0, 'a', { kind: 'conv' }))).toBe('conv');
  });

  it('stands behind the reason of what is off', () => {
    const because = 'running statistics are beside it';
    expect(reasonText({ ...norm(0, 'bn1.weight'), because })).toBe(
      'normalisation: off by default (running statistics are beside it)',
    );
    expect(reasonText(norm(0, 'bn1.weight'))).toBe('normalisation: off by default');
    expect(
      reasonText(
        layer(0, 'm', { kind: 'optimizer', reason: 'optimizer state: never touched', because: 'stands under opt' }),
      ),
    ).toBe('optimizer state: never touched (stands under opt)');
    expect(reasonText(layer(0, 'x', { reason: 'empty', because: 'a registered buffer' }))).toBe('empty');
    expect(reasonText({ ...counter(0, 'steps'), because: 'stored as i64' })).toBe('i64: not floating point');
    expect(reasonText(layer(0, 'conv.weight', { because: 'has a bias of 2' }))).toBeUndefined();
  });
});

describe('which dimensions are which', () => {
  const shaped = (shape: readonly number[], partial = {}) => layer(0, 'w', { shape, kind: 'linear', ...partial });

  it('is said with their sizes', () => {
    expect(axesText(shaped([512, 256], { axes: axesAt(0, 1) }))).toBe(
      'outputs: dimension 0 (512), inputs: dimension 1 (256)',
    );
    expect(axesText(shaped([3, 3, 8, 1600], { axes: axesAt(3, 2) }))).toBe(
      'outputs: dimension 3 (1,600), inputs: dimension 2 (8), kernel: dimensions 0 (3) and 1 (3)',
    );
    expect(axesText(shaped([4, 16, 8], { axes: axesAt(1, 2, 0) }))).toBe(
      'outputs: dimension 1 (16), inputs: dimension 2 (8), copies: dimension 0 (4)',
    );
  });

  it('of a table are rows and columns', () => {
    expect(axesText(shaped([512, 256], { kind: 'embedding', axes: axesAt(0, 1) }))).toBe(
      'rows: dimension 0 (512), columns: dimension 1 (256)',
    );
  });

  it('is said to be unknown where it matters, and not asked of a bias', () => {
    expect(axesText(shaped([8, 8]))).toBe('outputs and inputs are not known');
    expect(axesText(shaped([8, 8], { kind: 'unknown' }))).toBe('outputs and inputs are not known');
    expect(axesText(shaped([8], { kind: 'bias' }))).toBeUndefined();
    expect(axesText(shaped([8, 8], { kind: 'buffer' }))).toBeUndefined();
  });
});

describe('how many tensors a pattern matches', () => {
  it('is said in the right number', () => {
    expect(matchText(1)).toBe('1 tensor matches');
    expect(matchText(1200)).toBe('1,200 tensors match');
  });
});

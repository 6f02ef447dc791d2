import { describe, expect, test } from 'vitest';
import type { Dimension, GraphValue, OpenedGraph } from '../../../../src/state/evaluation';
import { folderOf } from '../../../../src/state/folders';
import {
  colourOfZero,
  constantsOf,
  fixedSides,
  frameFor,
  initialPreprocessing,
} from '../../../../src/state/imagePreprocessing';
import { initialRandom, isTokenText } from '../../../../src/views/evaluation/inputs/sources';

function image(...shape: Dimension[]): GraphValue[] {
  return [{ name: 'image', dtype: 'F32', shape }];
}

describe('how images start out', () => {
  test('as the graph’s shape has them', () => {
    expect(initialPreprocessing(image('batch', 3, 224, 224))).toEqual({
      resize: 'crop',
      layout: 'NCHW',
      channels: 'RGB',
      normalisation: 'imagenet',
    });
    expect(initialPreprocessing(image(1, 160, 160, 3)).layout).toBe('NHWC');
    expect(initialPreprocessing(image('n', 1, 8, 8))).toMatchObject({ channels: 'grey', normalisation: 'unit' });
  });

  test('with a size where the graph leaves it open', () => {
    expect(fixedSides(image('batch', 3, 224, 224), 'NCHW')).toEqual({ channels: 3, height: 224, width: 224 });
    expect(fixedSides(image('batch', 3, 48, 'width'), 'NCHW')).toEqual({ channels: 3, height: 48 });
    expect(fixedSides([{ name: 'image', dtype: 'F32' }], 'NHWC')).toEqual({});
    expect(initialPreprocessing(image('batch', 3, 48, 'p2o.DynamicDimension.1')).size).toEqual([48, 320]);
    expect(initialPreprocessing(image('batch', 3, '', '')).size).toEqual([224, 224]);
  });
});

test.each([
  ['mean', '0.5', [0.5, 0.5, 0.5]],
  ['mean', '0.485, 0.456, 0.406', [0.485, 0.456, 0.406]],
  ['deviation', '0.1 0.2;0.3', [0.1, 0.2, 0.3]],
  ['deviation', '0', undefined],
  ['mean', '0.1, 0.2', undefined],
  ['mean', 'half', undefined],
  ['mean', '', undefined],
] as const)('a %s of "%s" is read by channel, or refused', (name, text, read) => {
  expect(constantsOf(name, text)).toEqual(read);
});

test('the size of what the model sees is the graph’s, or the one chosen', () => {
  const chosen = { ...initialPreprocessing(image(1, 3, 'h', 'w')), size: [48, 320] as const };
  expect(frameFor(image(1, 3, 'h', 'w'), chosen)).toEqual({ width: 320, height: 48, widens: true });
  expect(frameFor(image(1, 3, 48, 'w'), { ...chosen, size: [1, 100] })).toEqual({
    width: 100,
    height: 48,
    widens: true,
  });
  expect(frameFor(image(1, 24, 32, 3), { ...chosen, layout: 'NHWC' })).toEqual({
    width: 32,
    height: 24,
    widens: false,
  });
});

test('what is behind an image has the colour that becomes 0', () => {
  const start = initialPreprocessing(image(1, 3, 8, 8));
  expect(colourOfZero({ ...start, normalisation: 'centred' })).toBe('rgb(128 128 128)');
  expect(colourOfZero({ ...start, normalisation: 'unit' })).toBe('rgb(0 0 0)');
});

test('random inputs start with the graph’s sizes, or with what was given', () => {
  const graph = { dimensions: [{ name: 'batch', size: 8 }] } as unknown as OpenedGraph;
  expect(initialRandom(graph, null)).toEqual({ kind: 'random', seed: 1, dimensions: { batch: 8 } });
  expect(initialRandom(graph, { kind: 'random', seed: 7, dimensions: { batch: 2 } })).toEqual({
    kind: 'random',
    seed: 7,
    dimensions: { batch: 2 },
  });
});

test('tokens are whole numbers', () => {
  expect(isTokenText('101, 7592\n2088 102')).toBe(true);
  expect(isTokenText('hello 12')).toBe(false);
  expect(isTokenText(' , ')).toBe(false);
});

test('a file’s folder is its class', () => {
  expect(folderOf('digits/3/a.png')).toBe('3');
  expect(folderOf('a.png')).toBe('');
});

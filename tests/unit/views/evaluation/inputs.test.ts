import { describe, expect, test } from 'vitest';
import type { Dimension, GraphValue, OpenedGraph } from '../../../../src/state/evaluation';
import { hasOpenSize, initialPreprocessing } from '../../../../src/state/imagePreprocessing';
import { initialRandom, isTokenText } from '../../../../src/views/evaluation/inputs/sources';
import { folderOf } from '../../../../src/views/parts/files/droppedFiles';

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
    expect(hasOpenSize(image('batch', 3, 224, 224))).toBe(false);
    expect(hasOpenSize(image('batch', 3, 'height', 'width'))).toBe(true);
    expect(hasOpenSize([{ name: 'image', dtype: 'F32' }])).toBe(true);
    expect(initialPreprocessing(image('batch', 3, '', '')).size).toEqual([224, 224]);
  });
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

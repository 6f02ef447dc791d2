import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../../../src/state/pictureSlice';
import { axesAt } from '../../../../../src/tensors/axes';
import { axesOf } from '../../../../../src/views/charts/heatMap/pictureAxes';
import { axisLabel, describeCell, pictureShape, sizeOf } from '../../../../../src/views/charts/heatMap/pictureWords';

const conv = pictureShape({ kind: 'conv', shape: [64, 32, 3, 5], axes: axesAt(0, 1) });

function pictureOf(rows: number, columns: number, height: number, width: number, kept: number): Picture {
  const cells = rows * columns;
  return {
    view: { tensor: 0, rows, columns },
    cells: {
      rows,
      columns,
      height,
      width,
      magnitudes: new Float32Array(cells).fill(0.25),
      kept: new Float32Array(cells).fill(kept),
      bytesForNext: 0,
    },
  };
}

describe('rows and columns of a picture', () => {
  it.each([
    ['a linear layer', { kind: 'linear', shape: [10, 96], axes: axesAt(0, 1) } as const, ['10 outputs', '96 inputs']],
    [
      'one with its outputs last',
      { kind: 'linear', shape: [96, 10], axes: axesAt(1, 0) } as const,
      ['10 outputs', '96 inputs'],
    ],
    [
      'a convolution',
      { kind: 'conv', shape: [64, 32, 3, 5], axes: axesAt(0, 1) } as const,
      ['64 outputs × 3', '32 inputs × 5'],
    ],
    ['an embedding', { kind: 'embedding', shape: [1000, 1] } as const, ['1,000 rows', '1 column']],
    ['a vector', { kind: 'bias', shape: [64] } as const, ['1 row', '64 elements']],
    ['a scalar', { kind: 'parameter', shape: [] } as const, ['1 row', '1 element']],
  ])('of %s', (_, layer, expected) => {
    const { down, across } = pictureShape(layer);
    const { height, width } = sizeOf({ down, across });
    expect([axisLabel(down, 0, height), axisLabel(across, 0, width)]).toEqual(expected);
  });

  it('say which of them are shown', () => {
    expect(axisLabel(conv.down, 3.5, 9.2)).toBe('outputs 1–3 of 64 × 3');
    expect(axisLabel(conv.across, 5, 10)).toBe('input 1 of 32 × 5');
  });
});

describe('a cell', () => {
  const describeIn = (picture: Picture, shape: typeof conv, row: number, column: number) =>
    describeCell(picture, shape, axesOf(picture), row, column);

  it('of one weight', () => {
    const picture = pictureOf(192, 160, 192, 160, 0);
    expect(describeIn(picture, conv, 7, 12)).toEqual({
      place: 'output 2, input 2, kernel (1, 2)',
      magnitude: '|w| 0.250',
      kept: 'pruned',
    });
  });

  it('of several weights', () => {
    const picture = pictureOf(96, 16, 192, 160, 0.375);
    expect(describeIn(picture, conv, 1, 2)).toEqual({
      place: 'outputs 0–1, inputs 4–5',
      magnitude: 'max |w| 0.250',
      kept: '37.5 % kept',
    });
  });

  it('of a vector has no row', () => {
    const shape = pictureShape({ kind: 'bias', shape: [4] });
    expect(describeIn(pictureOf(1, 4, 1, 4, 1), shape, 0, 3)).toMatchObject({ place: 'element 3', kept: 'kept' });
  });
});

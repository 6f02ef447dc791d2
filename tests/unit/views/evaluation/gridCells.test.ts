import { expect, test } from 'vitest';
import type { Sensitivity, SensitivityCurve } from '../../../../src/state/evaluation';
import {
  cellAfter,
  cellLabel,
  cellText,
  cellValue,
  nearestColumn,
} from '../../../../src/views/evaluation/sensitivity/gridCells';

const curve: SensitivityCurve = {
  tensor: 3,
  name: 'conv1.weight',
  weights: 288,
  cells: [{ tensor: 3, sparsity: 0.1 + 0.2, evaluation: { outputs: [], accuracy: 0.97, milliseconds: 1 } }],
};
const ladder = [0.3, 0.5, 0.9];

test('a cell is found by its sparsity, rounding aside', () => {
  expect(cellValue(curve, 0.3, 'accuracy')).toBe(0.97);
  expect(cellValue(curve, 0.5, 'accuracy')).toBeUndefined();
  expect(cellValue(curve, 0.3, 'perplexity')).toBeUndefined();
});

test('a cell says its layer, sparsity and figure', () => {
  expect(cellLabel('conv1.weight', 0.3, 'accuracy', 0.97, true)).toBe(
    'conv1.weight at 30 %: Accuracy 97.0 %, nearest to what it has now',
  );
  expect(cellLabel('conv1.weight', 0.3, 'relativeL2', 0.0672, false)).toBe(
    'conv1.weight at 30 %: Relative L2 0.0672, 0.07 for short',
  );
  expect(cellLabel('conv1.weight', 0.5, 'accuracy', undefined, false)).toBe('conv1.weight at 50 %: not measured');
});

test.each([
  ['accuracy', 0.978, '97.8'],
  ['accuracy', 1, '100'],
  ['accuracy', 0.9994, '99.9'],
  ['relativeL2', 0.0512, '0.05'],
  ['perplexity', 21.35, '21.4'],
  ['perplexity', 51_000, '5e4'],
  ['cosine', Number.NaN, 'NaN'],
] as const)('%s of %f is short: %s', (metric, value, text) => {
  expect(cellText(metric, value)).toBe(text);
});

test('the present sparsity is marked at the nearest step, little pruning at none', () => {
  expect(nearestColumn(ladder, 0.52)).toBe(1);
  expect(nearestColumn(ladder, 1)).toBe(2);
  expect(nearestColumn(ladder, 0.1)).toBe(-1);
  expect(nearestColumn([], 0.5)).toBe(-1);
});

test('arrow keys stop at the edges', () => {
  const table = { ladder, curves: [curve, curve] } as unknown as Sensitivity;
  const from = { row: 0, column: 2 };
  expect(cellAfter('ArrowRight', from, table)).toEqual(from);
  expect(cellAfter('ArrowUp', from, table)).toEqual(from);
  expect(cellAfter('ArrowDown', from, table)).toEqual({ row: 1, column: 2 });
  expect(cellAfter('Home', from, table)).toEqual({ row: 0, column: 0 });
  expect(cellAfter('PageDown', from, table)).toEqual({ row: 1, column: 2 });
  expect(cellAfter('Tab', from, table)).toBeUndefined();
});

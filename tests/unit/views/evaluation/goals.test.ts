import { expect, test } from 'vitest';
import { firstMetric } from '../../../../src/evaluation/quality';
import type { Baseline } from '../../../../src/state/evaluation';
import {
  goalText,
  initialLimit,
  limitHelp,
  splitText,
  willSplitText,
} from '../../../../src/views/evaluation/tune/goals';

const baseline: Baseline = { milliseconds: 1, delivery: 'inputs', deliveryReason: '' };

test('accuracy decides where there is one', () => {
  expect(firstMetric(['top1Agreement', 'accuracy', 'relativeL2'])).toBe('accuracy');
  expect(firstMetric(['klDivergence', 'top1Agreement', 'relativeL2'])).toBe('top1Agreement');
  expect(firstMetric(['cosine', 'relativeL2', 'maxAbsolute'])).toBe('relativeL2');
});

test('limits start a little below what the unpruned model has', () => {
  expect(initialLimit('accuracy', { ...baseline, accuracy: 0.99666 })).toBe(0.987);
  expect(initialLimit('perplexity', { ...baseline, perplexity: 20 })).toBe(21);
  expect(initialLimit('top1Agreement', baseline)).toBe(0.99);
  expect(initialLimit('relativeL2', baseline)).toBe(0.05);
});

test('a limit says what it allows', () => {
  expect(limitHelp('accuracy', 0.987, 0.997)).toBe('The unpruned model has 99.7 %; this allows −1.0 points.');
  expect(limitHelp('relativeL2', 0.05, 0)).toMatch(/^Size of the change/);
});

test('goals in plain words', () => {
  expect(goalText({ kind: 'sparsest', metric: 'accuracy', limit: 0.987 })).toBe(
    'the sparsest model with accuracy of at least 98.7 %',
  );
  expect(goalText({ kind: 'sparsest', metric: 'relativeL2', limit: 0.05 })).toBe(
    'the sparsest model with relative L2 of at most 0.0500',
  );
  expect(goalText({ kind: 'best', metric: 'top1Agreement', sparsity: 0.7 })).toBe(
    'the best top-1 agreement at 70.0 % sparsity',
  );
});

test('what is searched and what judges is said before and after', () => {
  expect(willSplitText(599)).toBe(
    'It searches on 300 of the inputs, drawn by a seed, and is judged on the other 299. Few, to judge on: 3 are one point of accuracy.',
  );
  expect(willSplitText(8)).toBe('8 inputs are too few to part: searched and judged on the same, which flatters.');
  expect(splitText(300, 299)).toBe('Searched on 300 inputs, judged on 299 others.');
});

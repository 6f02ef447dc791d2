import { describe, expect, test } from 'vitest';
import type { InputSummary } from '../../../../src/state/evaluation';
import { metrics } from '../../../../src/state/metrics';
import {
  changeText,
  classesInWords,
  grainText,
  inputsText,
  lossShare,
  sureText,
} from '../../../../src/views/evaluation/figures';
import { metricText } from '../../../../src/views/parts/quality/metricText';

test('figures read in percent, as a cosine, or as a value', () => {
  expect(metricText('accuracy', 0.9967)).toBe('99.7 %');
  expect(metricText('cosine', 0.98765)).toBe('0.9877');
  expect(metricText('cosine', 0.99999)).toBe('>0.9999');
  expect(metricText('cosine', 1)).toBe('1.0000');
  expect(metricText('relativeL2', 0.05123)).toBe('0.0512');
  expect(metricText('accuracy', Number.NaN)).toBe('NaN');
  expect(metricText('perplexity', Number.POSITIVE_INFINITY)).toBe('∞');
});

test('a name within a sentence', () => {
  expect(metrics.top1Agreement.name).toBe('top-1 agreement');
  expect(metrics.klDivergence.name).toBe('KL divergence');
});

describe('the change against the unpruned model', () => {
  test('is in points for shares', () => {
    expect(changeText('accuracy', 0.978, 1)).toBe('−2.2');
    // Reads 99.7 % and 99.8 %.
    expect(changeText('accuracy', 0.9983, 0.9967)).toBe('+0.1');
    expect(changeText('accuracy', 0.9999, 1)).toBe('−0.1');
    expect(changeText('accuracy', 0.9967, 0.9967)).toBe('±0');
  });

  test('is in the metric’s own unit otherwise', () => {
    expect(changeText('perplexity', 23.5, 21)).toBe('+2.5');
  });

  test('is left out where the figure is a distance already, or broken', () => {
    expect(changeText('relativeL2', 0.05, 0)).toBe('');
    expect(changeText('cosine', 0.9, 1)).toBe('');
    expect(changeText('accuracy', Number.NaN, 1)).toBe('');
    expect(changeText('accuracy', 0.9, undefined)).toBe('');
  });
});

test('inputs by their number, random ones by that word', () => {
  const inputs = { samples: 599 } as InputSummary;
  expect(inputsText(inputs, { kind: 'arrays', files: [] })).toBe('599 inputs');
  expect(inputsText(inputs, { kind: 'random', seed: 1, dimensions: {} })).toBe('random inputs, n = 599');
  expect(inputsText({ ...inputs, samples: 1 }, null)).toBe('1 input');
});

describe('how bad a loss is', () => {
  test('goes from nothing to ruin', () => {
    expect(lossShare('accuracy', 0.9967, 0.9967)).toBe(0);
    expect(lossShare('accuracy', 1, 0.9967)).toBe(0);
    expect(lossShare('accuracy', 0.1, 0.9967)).toBe(1);
    expect(lossShare('relativeL2', 0, 0)).toBe(0);
    expect(lossShare('relativeL2', 3, 0)).toBe(1);
    expect(lossShare('perplexity', 210, 21)).toBe(1);
  });

  test('is worst where the model is broken', () => {
    expect(lossShare('cosine', Number.NaN, 1)).toBe(1);
  });

  test('tells small losses apart', () => {
    expect(lossShare('accuracy', 0.99, 1)).toBeGreaterThan(0.1);
  });
});

describe('how sure figures are', () => {
  test('is in points for shares, in its own unit for others, and nothing where nothing tells', () => {
    expect(sureText('accuracy', 0.0452)).toBe('±4.5');
    expect(sureText('klDivergence', 0.0123)).toBe('±0.012');
    expect(sureText('accuracy', undefined)).toBe('');
  });

  test('says what one of few inputs is worth', () => {
    expect(grainText('accuracy', 300)).toBe(': 3 are one point');
    expect(grainText('accuracy', 100)).toBe(': one is 1 point');
    expect(grainText('accuracy', 30)).toBe(': one is 3.3 points');
    expect(grainText('accuracy', 5000)).toBe('');
    expect(grainText('relativeL2', 30)).toBe('');
  });

  test('names classes that were lost, and counts the others', () => {
    expect(classesInWords([0, 2], ['cat', 'cow', 'dog'])).toBe('cat, dog');
    expect(classesInWords([0, 1, 4, 5, 9], undefined)).toBe('0, 1, 4 and 2 more');
  });
});

import { expect, test } from 'vitest';
import type { Evaluation, OutputDrift } from '../../../src/evaluation/protocol';
import { isBetter, metricValue, referenceValue } from '../../../src/evaluation/quality';

function output(relativeL2: number, top1Agreement?: number): OutputDrift {
  return {
    name: 'out',
    shape: [1, 10],
    cosine: 1 - relativeL2,
    relativeL2,
    maxAbsolute: relativeL2,
    ...(top1Agreement === undefined ? {} : { classes: 10, top1Agreement, klDivergence: 0.1 }),
  };
}

test('of several outputs the one that fares worst counts', () => {
  const evaluation: Evaluation = { outputs: [output(0.1, 0.9), output(0.3), output(0.2, 0.8)], milliseconds: 1 };
  expect(metricValue(evaluation, 'relativeL2')).toBe(0.3);
  expect(metricValue(evaluation, 'cosine')).toBe(0.7);
  expect(metricValue(evaluation, 'top1Agreement')).toBe(0.8);
  expect(metricValue(evaluation, 'accuracy')).toBeUndefined();
});

test('a broken output is the worst there is', () => {
  expect(metricValue({ outputs: [output(0.1), output(Number.NaN)], milliseconds: 1 }, 'relativeL2')).toBeNaN();
  expect(isBetter('relativeL2', 5, Number.NaN)).toBe(true);
  expect(isBetter('relativeL2', Number.NaN, 5)).toBe(false);
  expect(isBetter('relativeL2', Number.NaN, Number.NaN)).toBe(false);
});

test('what the unpruned model scores is measured or known', () => {
  const baseline = { accuracy: 0.76, milliseconds: 1, delivery: 'inputs', deliveryReason: '' } as const;
  expect(referenceValue(baseline, 'accuracy')).toBe(0.76);
  expect(referenceValue(baseline, 'top5')).toBeUndefined();
  expect(referenceValue(baseline, 'top1Agreement')).toBe(1);
  expect(referenceValue(baseline, 'relativeL2')).toBe(0);
});

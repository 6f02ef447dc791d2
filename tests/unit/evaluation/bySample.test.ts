import { expect, it } from 'vitest';
import { Comparison, type FloatOutputs, planComparison, QualitySums } from '../../../src/evaluation/comparison';
import type { Batch } from '../../../src/evaluation/inputs/dataset';

const classes = 3;
const outputsOf = (scores: readonly number[]): FloatOutputs =>
  new Map([['logits', { shape: [scores.length / classes, classes], floats: Float32Array.from(scores) }]]);
const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

const before = [outputsOf([3, 1, 0, 0, 2, 1, 1, 0, 4]), outputsOf([0, 5, 1])];
const after = [outputsOf([2, 1, 1, 0, 1, 2, 0, 0, 3]), outputsOf([1, 3, 1])];
const batches: Batch[] = [
  { feeds: new Map(), samples: 3, labels: Int32Array.of(0, 1, 1) },
  { feeds: new Map(), samples: 1, labels: Int32Array.of(1) },
];

it('figures come sample by sample, and their means are the figures', () => {
  const plan = planComparison(['logits'], before[0]!, batches[0]!);
  const comparison = new Comparison(plan);
  const quality = new QualitySums(plan);
  batches.forEach((batch, i) => {
    comparison.add(before[i]!, after[i]!, batch);
    quality.add(after[i]!, batch);
  });
  const [output] = comparison.result;
  const { klDivergence, relativeL2, top1Agreement } = comparison.bySample;
  expect(klDivergence).toHaveLength(4);
  expect(meanOf(klDivergence!)).toBeCloseTo(output!.klDivergence!, 6);
  expect(Math.sqrt(meanOf(relativeL2!))).toBeCloseTo(output!.relativeL2!, 6);
  expect([...top1Agreement!]).toEqual([1, 0, 1, 1]);
  expect([...quality.bySample.accuracy!]).toEqual([1, 0, 0, 1]);
  expect(quality.figures.accuracy).toBe(0.5);
});

it('outputs whose size depends on their values are of no sample', () => {
  const plan = planComparison(['logits'], before[0]!, batches[0]!);
  const comparison = new Comparison(plan);
  comparison.add(before[0]!, outputsOf([2, 1, 1, 0, 1, 2]), batches[0]!);
  expect(comparison.bySample).toEqual({});
  expect(comparison.result[0]!.relativeL2).toBeGreaterThan(0);
});

/** What is read of sequences with a blank: greedy decoding in numpy, and Levenshtein from its definition (tests/golden/metrics.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Comparison, planComparison } from '../../../src/evaluation/comparison';
import { blankOf, SequenceSums } from '../../../src/evaluation/metrics/sequences';

interface Golden {
  readonly shape: readonly [samples: number, steps: number, classes: number];
  readonly blank: number;
  readonly original: readonly number[];
  readonly pruned: readonly number[];
  readonly sequenceAgreement: number;
  readonly stepAgreement: number;
  readonly symbolErrors: number;
}
const goldens: readonly Golden[] = JSON.parse(
  readFileSync(new URL('../../golden/files/evaluation/sequences.json', import.meta.url), 'utf8'),
);

describe.each(goldens)('sequences with the blank at $blank', (gold) => {
  const [samples, steps, classes] = gold.shape;
  const original = Float32Array.from(gold.original);
  const pruned = Float32Array.from(gold.pruned);
  const figures = {
    sequenceAgreement: gold.sequenceAgreement,
    stepAgreement: gold.stepAgreement,
    symbolErrors: gold.symbolErrors,
  };

  it('are read as numpy reads them, batch by batch', () => {
    const sums = new SequenceSums(classes, gold.blank);
    const half = (samples / 2) * steps * classes;
    sums.add(original.subarray(0, half), pruned.subarray(0, half), steps);
    sums.add(original.subarray(half), pruned.subarray(half), steps);
    const { sequenceAgreement, stepAgreement, symbolErrors } = sums;
    expect({ sequenceAgreement, stepAgreement, symbolErrors }).toEqual(figures);
    expect(sequenceAgreement).toBeLessThan(stepAgreement);
  });

  it('are recognised, and their steps are no rows that agree', () => {
    const batch = { samples, feeds: new Map() };
    const before = new Map([['logits', { shape: gold.shape, floats: original }]]);
    const comparison = new Comparison(planComparison(['logits'], before, batch));
    comparison.add(before, new Map([['logits', { shape: gold.shape, floats: pruned }]]), batch);
    const [output] = comparison.result;
    expect(output).toMatchObject(figures);
    expect(output).not.toHaveProperty('top1Agreement');
    expect(output!.klDivergence).toBeGreaterThan(0);
  });
});

it('sequences of different lengths are read each for itself', () => {
  const batch = { samples: 1, feeds: new Map() };
  const scores = (...chosen: readonly number[]) => ({
    shape: [1, chosen.length, 4],
    floats: Float32Array.from(chosen.flatMap((each) => [0, 1, 2, 3].map((i) => (i === each ? 5 : 0)))),
  });
  const [short, long] = [scores(0, 1, 0, 2), scores(3, 0, 0, 1, 1, 0)];
  const comparison = new Comparison(planComparison(['logits'], new Map([['logits', short]]), batch));
  comparison.add(new Map([['logits', short]]), new Map([['logits', short]]), batch);
  comparison.add(new Map([['logits', long]]), new Map([['logits', scores(3, 0, 0, 1, 2, 0)]]), batch);
  const [output] = comparison.result;
  expect(output).toMatchObject({ sequenceAgreement: 0.5, stepAgreement: 4 / 5, symbolErrors: 1 / 4 });
});

describe('no blank is seen', () => {
  const scores = (chosen: readonly number[], classes: number) =>
    Float32Array.from(chosen.flatMap((each) => Array.from({ length: classes }, (_, i) => (i === each ? 1 : 0))));

  it.each<[string, readonly number[], number]>([
    ['where there are two classes, as of anchors with and without a face', [0, 0, 0, 1], 2],
    ['where all steps say the same', [0, 0, 0, 0], 5],
    ['where neither the first nor the last class is chosen often', [1, 2, 3, 2], 5],
  ])('%s', (_, chosen, classes) => {
    expect(blankOf([1, chosen.length, classes], scores(chosen, classes), 1)).toBeUndefined();
  });

  it('where there are as many steps as a detector has anchors', () => {
    const chosen = Array.from({ length: 1917 }, (_, i) => (i % 3 === 0 ? 2 : 0));
    expect(blankOf([1, 1917, 4], scores(chosen, 4), 1)).toBeUndefined();
  });

  it('where rows are no steps', () => {
    expect(blankOf([4, 3], scores([0, 0, 1, 2], 3), 4)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Evaluation, InputSummary } from '../../../../src/state/evaluation';
import { flipsOf } from '../../../../src/views/understand/flips';
import { int8Totals } from '../../../../src/views/understand/int8Totals';
import { oneClassOf } from '../../../../src/views/understand/oneClass';

const evaluation: Evaluation = { outputs: [], milliseconds: 0 };

describe('what pruning broke, class by class', () => {
  it('lists inputs that flip, broken ones first', () => {
    const inputs = {
      labels: Int32Array.of(1, 2, 3, 3),
      baseline: { chosen: Int32Array.of(1, 5, 3, 0) },
    } as unknown as InputSummary;
    const flips = flipsOf({ ...evaluation, chosen: Int32Array.of(1, 2, 4, 7) }, inputs);
    expect(
      flips.map(({ place, before, after, isBroken, isMended }) => [place, before, after, isBroken, isMended]),
    ).toEqual([
      [2, 3, 4, true, false],
      [1, 5, 2, false, true],
      [3, 0, 7, false, false],
    ]);
  });

  it('finds the layer that one class alone pays for, at the mildest sparsity', () => {
    const figures = (lost: readonly number[]) =>
      lost.map((each, label) => ({ label, samples: 20, before: 18, after: 18 - each }));
    const even = { sparsity: 0.5, figures: figures([2, 2, 2]) };
    const one = { sparsity: 0.8, figures: figures([1, 12, 0]) };
    const all = { sparsity: 0.9, figures: figures([10, 15, 9]) };
    expect(oneClassOf([even, one, all])).toMatchObject({ sparsity: 0.8, worst: { label: 1 }, lost: 13 });
    expect(oneClassOf([even, all])).toBeUndefined();
  });
});

describe('int8 over all layers', () => {
  it('sums errors as one vector, and counts a byte for each weight and four for each scale', () => {
    const figures = (differences: number) => ({
      differences,
      zeros: 7,
      greatest: 0.1,
      axes: [],
      scales: Float32Array.of(1),
    });
    const found = new Map([
      [0, { weights: 100, zeros: 5, squares: 16, perTensor: figures(4), perChannel: figures(1) }],
      [1, { weights: 50, zeros: 0, squares: 9, perTensor: figures(0) }],
    ]);
    const layers = [{ dtype: 'F32' }, { dtype: 'F16' }] as unknown as Parameters<typeof int8Totals>[1];
    expect(int8Totals(found, layers, 1000)).toEqual({
      ...{ perTensor: 0.4, perChannel: 0.2, weights: 150, zerosBefore: 5, zerosAfter: 14 },
      bytes: 1000 - 300 + 4 - 50 + 4,
    });
  });
});

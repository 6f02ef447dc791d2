import { describe, expect, it } from 'vitest';
import { changeBetween, isSignificant, plusMinusOf } from '../../../src/evaluation/significance';

/** 1 for the first of n, 0 for the others. */
const hits = (right: number, n: number) => Float32Array.from({ length: n }, (_, i) => (i < right ? 1 : 0));

describe('how sure a share is', () => {
  // scipy.stats.binomtest(right, n).proportion_ci(method="wilson"): half of the width.
  it.each([
    [240, 300, 0.045136],
    [300, 300, 0.0063215],
    [1, 10, 0.193137],
  ])('%d of %d', (right, n, half) => {
    expect(plusMinusOf(hits(right, n))).toBeCloseTo(half, 5);
  });
});

describe('a change on the same inputs', () => {
  it('counts only inputs on which the models differ', () => {
    const before = hits(240, 300);
    const after = before.map((value, i) => (i < 4 ? 0 : i === 299 ? 1 : value));
    const change = changeBetween(before, after);
    expect(change).toMatchObject({ lost: 4, won: 1, samples: 300 });
    expect(change.mean).toBeCloseTo(-0.01, 6);
    // (4.5 + 1.5 - 9 / 302) under the root, by 1.96 / 302.
    expect(change.plusMinus).toBeCloseTo((1.959964 * Math.sqrt(6 - 9 / 302)) / 302, 9);
    expect(isSignificant(change)).toBe(false);
  });

  it('is significant where it goes one way often enough', () => {
    const before = hits(240, 300);
    expect(
      isSignificant(
        changeBetween(
          before,
          before.map((value, i) => (i < 12 ? 0 : value)),
        ),
      ),
    ).toBe(true);
    expect(
      isSignificant(
        changeBetween(
          before,
          before.map((value, i) => (i < 2 ? 0 : value)),
        ),
      ),
    ).toBe(false);
  });

  it('is not sure to be nothing where nothing differs', () => {
    const before = hits(100, 150);
    const { mean, plusMinus } = changeBetween(before, before);
    expect(mean).toBe(0);
    expect(plusMinus).toBeGreaterThan(0.005);
  });

  it('of other numbers is as sure as their differences are alike', () => {
    const before = Float32Array.from({ length: 100 }, (_, i) => i);
    const change = changeBetween(
      before,
      before.map((value, i) => value - (i % 2 === 0 ? 1 : 3)),
    );
    expect(change.mean).toBeCloseTo(-2, 6);
    expect(change.standardError).toBeCloseTo(Math.sqrt(100 / 99) / 10, 6);
    expect(isSignificant(change)).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { drawnAt, qualityDomain } from '../../../../src/views/charts/qualityScale';

describe('what the vertical axis shows', () => {
  test('reaches from the worst point to the unpruned model, at round numbers', () => {
    const { low, high } = qualityDomain('accuracy', [0.9967, 0.88, 0.61], 0.9967);
    expect(low).toBeCloseTo(0.6);
    expect(high).toBeCloseTo(1);
  });

  test('does not blow up differences that hardly are any', () => {
    const { low, high } = qualityDomain('accuracy', [0.9967], 0.9967);
    expect(high - low).toBeGreaterThan(0.015);
    expect(high).toBeLessThanOrEqual(1 + 1e-9);
  });

  test('begins at zero for distances', () => {
    expect(qualityDomain('relativeL2', [0.31], 0).low).toBe(0);
  });

  test('leaves ruined models beyond its edge', () => {
    expect(qualityDomain('relativeL2', [0.1, 1e9], 0).high).toBeLessThanOrEqual(2.5);
    expect(qualityDomain('perplexity', [25, 1e6], 20).high).toBeLessThan(260);
    expect(qualityDomain('klDivergence', [Number.NaN], 0).high).toBeGreaterThan(0);
  });

  test('holds without any point', () => {
    for (const id of ['accuracy', 'maxAbsolute'] as const) {
      const { low, high } = qualityDomain(id, [], undefined);
      expect(high).toBeGreaterThan(low);
    }
  });
});

describe('where a figure is drawn', () => {
  const domain = { low: 0.5, high: 1 };

  test('is where it is, on the chart', () => {
    expect(drawnAt(0.75, domain, true)).toBe(0.75);
  });

  test('is the edge, for what is off the chart', () => {
    expect(drawnAt(0.1, domain, true)).toBe(0.5);
    expect(drawnAt(7, domain, true)).toBe(1);
  });

  test('is among bad ones, for a broken model', () => {
    expect(drawnAt(Number.NaN, domain, true)).toBe(0.5);
    expect(drawnAt(Number.NaN, domain, false)).toBe(1);
  });
});

import { describe, expect, test } from 'vitest';
import { linePath, qualityDomain, xOf, yOf } from '../../../../src/views/evaluation/plot/scale';

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

describe('pixels', () => {
  const frame = { width: 200, height: 100, domain: { low: 0.5, high: 1 } };

  test('run to the right and upwards', () => {
    expect(xOf(frame, 0.25)).toBe(50);
    expect(yOf(frame, 0.75, true)).toBe(50);
  });

  test('stay within the frame', () => {
    expect(yOf(frame, 0.1, true)).toBe(100);
    expect(yOf(frame, 7, true)).toBe(0);
  });

  test('put a broken model where bad ones are', () => {
    expect(yOf(frame, Number.NaN, true)).toBe(100);
    expect(yOf(frame, Number.NaN, false)).toBe(0);
  });
});

test('a line goes through its points', () => {
  expect(
    linePath([
      { x: 0, y: 1 },
      { x: 2.25, y: 3 },
    ]),
  ).toBe('M0.0 1.0L2.3 3.0');
  expect(linePath([])).toBe('');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTicks, roundTicks, tickLabels } from '../../../../src/views/charts/ticks';

describe('ticks', () => {
  it('stand at round numbers', () => {
    expect(tickLabels(roundTicks(-0.083, 0.083, 9))).toEqual([
      '-0.08',
      '-0.06',
      '-0.04',
      '-0.02',
      '0',
      '0.02',
      '0.04',
      '0.06',
      '0.08',
    ]);
    expect(tickLabels(roundTicks(0, 1.3, 5))).toEqual(['0', '0.5', '1.0']);
    expect(tickLabels(roundTicks(0, 7e-6, 4))).toEqual(['0', '2e-6', '4e-6', '6e-6']);
    expect(tickLabels(roundTicks(-2e7, 2e7, 4))).toEqual(['-2e7', '-1e7', '0', '1e7', '2e7']);
  });

  it('are within the axis, few, and told apart by their labels', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-30, max: 1e30, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 2, max: 10 }),
        (radius, signed, count) => {
          const low = signed ? -radius : 0;
          const ticks = roundTicks(low, radius, count);
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          expect(Math.max(...ticks)).toBeLessThanOrEqual(radius * 1.0001);
          expect(Math.min(...ticks)).toBeGreaterThanOrEqual(low * 1.0001);
          expect(new Set(tickLabels(ticks)).size).toBe(ticks.length);
        },
      ),
    );
  });

  it('of an axis without length are none', () => {
    expect(roundTicks(0, 0, 5)).toEqual([]);
    expect(tickLabels([])).toEqual([]);
  });

  it('of counts are whole numbers', () => {
    expect(countTicks(3, false)).toEqual([0, 1, 2, 3]);
    expect(countTicks(41_000, false)).toEqual([0, 20_000, 40_000]);
    expect(countTicks(41_000, true)).toEqual([1, 10, 100, 1000, 10_000]);
    expect(countTicks(1, true)).toEqual([1]);
  });
});

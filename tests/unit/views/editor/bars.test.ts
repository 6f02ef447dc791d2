import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barsPath,
  goneCounts,
  heightOf,
  highestCount,
  levelledCounts,
} from '../../../../src/views/charts/histogram/bars';

const same = (weight: number) => weight;
const linear = { log: false, highest: 100 };
const log = { log: true, highest: 1000 };

describe('the height of a bar', () => {
  it('follows the count', () => {
    expect(heightOf(0, linear)).toBe(0);
    expect(heightOf(50, linear)).toBe(0.5);
    expect(heightOf(100, linear)).toBe(1);
  });

  it('follows decades on a logarithmic axis, where a single weight still shows', () => {
    expect(heightOf(1, log)).toBeGreaterThan(0.03);
    expect(heightOf(1000, log)).toBe(1);
    expect(heightOf(100, log) - heightOf(10, log)).toBeCloseTo(heightOf(1000, log) - heightOf(100, log), 10);
    expect(heightOf(0, log)).toBe(0);
  });

  it('ends at the top', () => {
    expect(heightOf(1e6, linear)).toBe(1);
    expect(heightOf(1e6, log)).toBe(1);
  });

  it('grows with the count and stays within the plot', () => {
    const count = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 1e9 }), fc.boolean(), (a, b, highest, isLog) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((c) => heightOf(c, { log: isLog, highest }));
        expect(low).toBeLessThanOrEqual(high!);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('bins of different widths', () => {
  it('are drawn as if they were equally wide', () => {
    const levelled = levelledCounts({ edges: [0, 1, 2, 4], counts: [3000, 3000, 6000] }, same);
    expect(levelled[0]).toBeCloseTo(4000);
    expect(levelled[2]).toBeCloseTo(4000);
  });

  it('keep their counts where there are few', () => {
    expect([...levelledCounts({ edges: [-2, 0, 3], counts: [3, 5] }, same)]).toEqual([3, 5]);
  });
});

describe('what a pattern takes', () => {
  it('is its share of each bar', () => {
    const bins = { edges: [0, 1, 2, 3], counts: [4, 10, 0] };
    expect([...goneCounts(bins, [1, 10, 0], [8, 10, 0])]).toEqual([6, 0, 0]);
  });
});

describe('the top of the axis', () => {
  it('is the highest bin', () => {
    expect(highestCount([1, 7, 3], 2)).toEqual({ highest: 7, cut: false });
    expect(highestCount([1, 7, 8], 2)).toEqual({ highest: 8, cut: false });
  });

  it('leaves out a spike of zeros, so that it does not flatten the rest', () => {
    expect(highestCount([10, 30_000, 12], 1)).toEqual({ highest: 12, cut: true });
  });

  it('is the zeros where there is nothing else', () => {
    expect(highestCount([0, 64, 0], 1)).toEqual({ highest: 64, cut: false });
    expect(highestCount([], -1)).toEqual({ highest: 0, cut: false });
  });
});

describe('the path of the bars', () => {
  const bins = { edges: [0, 10, 20, 30], counts: [50, 0, 100] };

  it('has a bar for every bin that holds weights, in whole pixels', () => {
    expect(barsPath(bins, bins.counts, linear, (weight) => weight, 200)).toBe('M0 200V100h9V200ZM20 200V0h9V200Z');
  });

  it('shows the rarest bin as a pixel', () => {
    expect(barsPath({ edges: [0, 10], counts: [1] }, [1], { log: false, highest: 1e6 }, (w) => w, 200)).toContain(
      'V199',
    );
  });
});

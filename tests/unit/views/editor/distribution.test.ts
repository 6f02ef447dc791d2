import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../../src/views/charts/histogram/distribution';
import { axisOf } from '../../../../src/views/charts/histogram/domain';
import { handleTrack } from '../../../../src/views/editor/threshold/handleTrack';
import { targetOf } from '../../../../src/views/editor/threshold/keys';
import { scoreWords } from '../../../../src/views/parts/scores/scoreWords';
import { weighing } from './layers';

/** 1000 weights, evenly spread over [-1, 1]. */
const spread = Array.from({ length: 1000 }, (_, i) => (i - 499.5) / 500);
const even = new Distribution([weighing(spread)]);
const words = scoreWords({ criterion: 'magnitude', granularity: 'weight' }, []);
const byMagnitude = { ranking: 'magnitude', words } as const;

describe('the distribution of the weights in scope', () => {
  it('adds the tensors up', () => {
    const { count, zeros, nan, inf, radius } = new Distribution([
      weighing([0, 0.5, Number.NaN]),
      weighing([-2, 0, Number.POSITIVE_INFINITY]),
    ]);
    expect({ count, zeros, nan, inf, radius }).toEqual({ count: 6, zeros: 2, nan: 1, inf: 1, radius: 2 });
  });

  it('draws every weight once, whichever way it is shown', () => {
    for (const values of ['signed', 'magnitude', 'log'] as const) {
      const { low, high } = even.stretch(values);
      expect(even.bins(values, axisOf(values, low, high, 600), 41).counts.reduce((sum, count) => sum + count)).toBe(
        1000,
      );
      expect(even.countOn(values, { low, high })).toBe(1000);
    }
  });

  it('has an axis of some length even when all weights are zero', () => {
    const zeros = new Distribution([weighing([0, 0, 0])]);
    expect(zeros.radius).toBe(1);
    expect(zeros.centralRadius).toBe(1);
    expect(zeros.prunedShare('magnitude', 0)).toBe(1);
  });

  it('leaves far outliers out of the axis, and counts them', () => {
    const outliers = new Distribution([weighing([...spread, ...spread, 50, -80])]);
    expect(outliers.radius).toBe(80);
    expect(outliers.centralRadius).toBeLessThan(2);
    expect(outliers.beyond(outliers.centralRadius)).toBe(2);
    expect(even.centralRadius).toBe(even.radius);
  });

  it('stops where figures are exact', () => {
    const threshold = even.snap('magnitude', 0.5);
    expect(threshold).toBeCloseTo(0.5, 2);
    const below = spread.filter((weight) => Math.abs(weight) <= threshold).length;
    expect(even.prunedShare('magnitude', threshold)).toBe(below / 1000);
  });

  it('begins where nothing is pruned that is not zero already', () => {
    expect(even.floor('magnitude')).toBe(0);
    expect(even.prunedShare('signed', even.floor('signed'))).toBe(0);
    const half = new Distribution([weighing([0, 0, 1, 2])]);
    expect(half.thresholdFor('magnitude', 0.3)).toBe(0);
    expect(half.prunedShare('magnitude', half.floor('magnitude'))).toBe(0.5);
  });

  it('ends where everything is', () => {
    for (const criterion of ['magnitude', 'signed'] as const) {
      expect(even.prunedShare(criterion, even.ceiling(criterion))).toBe(1);
    }
  });
});

describe('the handle by keyboard', () => {
  const pressed = (key: string, gone: number, all: number, shiftKey = false) =>
    targetOf({ key, shiftKey }, { gone, all, least: 0, most: all });
  const first = (key: string, gone: number, all: number, shiftKey = false) => {
    const target = pressed(key, gone, all, shiftKey);
    return typeof target === 'object' ? target[0] : target;
  };

  it('goes a tenth of a point on, a whole one with Shift, ten with the page keys', () => {
    expect(first('ArrowRight', 5000, 10_000)).toBe(0.501);
    expect(first('ArrowUp', 5000, 10_000)).toBe(0.501);
    expect(first('ArrowLeft', 5000, 10_000)).toBe(0.499);
    expect(first('ArrowDown', 5000, 10_000, true)).toBe(0.49);
    expect(first('ArrowRight', 5000, 10_000, true)).toBe(0.51);
    expect(first('PageUp', 5000, 10_000)).toBe(0.6);
    expect(first('PageDown', 5000, 10_000, true)).toBe(0.4);
    expect(first('PageUp', 9500, 10_000)).toBe(1);
  });

  it('goes on from the figure that is shown', () => {
    expect(first('ArrowRight', 5004, 10_000)).toBe(0.501);
    expect(first('ArrowLeft', 5006, 10_000)).toBe(0.5);
  });

  it('takes one score where a tenth of a point is none', () => {
    expect(pressed('ArrowRight', 3, 10)).toContain(0.4);
    expect(pressed('ArrowLeft', 3, 10)).toContain(0.2);
  });

  it('stops at the ends, and where all is gone that can go', () => {
    expect(pressed('Home', 5, 10)).toBe('floor');
    expect(pressed('End', 5, 10)).toBe('ceiling');
    expect(pressed('PageDown', 3, 100)).toBe('floor');
    expect(targetOf({ key: 'ArrowLeft', shiftKey: false }, { gone: 800, least: 800, most: 1000, all: 1000 })).toBe(
      'floor',
    );
    expect(targetOf({ key: 'ArrowRight', shiftKey: false }, { gone: 990, least: 0, most: 990, all: 1000 })).toEqual([]);
  });

  it('leaves other keys alone', () => {
    expect(pressed('a', 5, 10)).toBeUndefined();
    expect(pressed('Tab', 5, 10)).toBeUndefined();
  });
});

describe('the track of the handle', () => {
  const snapped = (distribution: Distribution) =>
    handleTrack(axisOf('signed', -1, 1, 600), byMagnitude, distribution).snapPoints.map(({ sparsity }) => sparsity);

  it('has a point for every round sparsity', () => {
    expect(snapped(even)).toEqual([0.1, 0.25, 0.5, 0.75, 0.9]);
  });

  it('has none for those that the zeros already make up', () => {
    expect(snapped(new Distribution([weighing([...spread, ...Array<number>(1000).fill(0)])]))).toEqual([0.75, 0.9]);
  });

  it('draws the handle to a point that is near, and to the next bin elsewhere', () => {
    const track = handleTrack(axisOf('signed', -1, 1, 600), byMagnitude, even);
    const half = track.snapPoints[2]!.threshold;
    expect(track.snapToRound(half + 0.008)).toBe(half);
    expect(track.snapToRound(0.6)).toBe(track.snap(0.6));
  });
});

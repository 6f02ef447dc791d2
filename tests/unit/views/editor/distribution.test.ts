import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../../src/views/editor/histogram/distribution';
import { axisOf } from '../../../../src/views/editor/histogram/domain';
import { handleTrack } from '../../../../src/views/editor/threshold/handleTrack';
import { thresholdAfter } from '../../../../src/views/editor/threshold/keys';
import { scoreWords } from '../../../../src/views/parts/scores/scoreWords';
import { weighing } from './layers';

/** 1000 weights, evenly spread over [-1, 1]. */
const spread = Array.from({ length: 1000 }, (_, i) => (i - 499.5) / 500);
const even = new Distribution([weighing(spread)]);
const words = scoreWords({ criterion: 'magnitude', granularity: 'weight' }, []);
const byMagnitude = { ranking: 'magnitude', words } as const;
const bySign = { ranking: 'signed', words } as const;

describe('the distribution of the weights in scope', () => {
  it('adds the tensors up', () => {
    const { count, zeros, nan, inf, radius } = new Distribution([
      weighing([0, 0.5, Number.NaN]),
      weighing([-2, 0, Number.POSITIVE_INFINITY]),
    ]);
    expect({ count, zeros, nan, inf, radius }).toEqual({ count: 6, zeros: 2, nan: 1, inf: 1, radius: 2 });
  });

  it('draws every weight once, whichever way it is shown', () => {
    for (const values of ['signed', 'magnitude'] as const) {
      expect(even.bins(values, even.radius, 41).counts.reduce((sum, count) => sum + count)).toBe(1000);
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
  const track = handleTrack(axisOf('signed', 1, 600), byMagnitude, even);
  const pressed = (key: string, from: number, shiftKey = false) =>
    thresholdAfter({ key, shiftKey }, track, from, even.prunedShare('magnitude', from));

  it('moves by half a percent of the axis, ten times as far with Shift', () => {
    expect(pressed('ArrowRight', 0.5)).toBeCloseTo(0.51, 2);
    expect(pressed('ArrowLeft', 0.5)).toBeCloseTo(0.49, 2);
    expect(pressed('ArrowUp', 0.5, true)).toBeCloseTo(0.6, 2);
    expect(pressed('ArrowDown', 0.5, true)).toBeCloseTo(0.4, 2);
  });

  it('always moves, also where bins are wider than a step, until it is at an end', () => {
    let threshold = 0;
    for (let presses = 0; threshold < track.ceiling; presses++) {
      const next = pressed('ArrowRight', threshold)!;
      expect(next).toBeGreaterThan(threshold);
      expect(presses).toBeLessThan(110);
      threshold = next;
    }
    for (let presses = 0; threshold > 0; presses++) {
      const next = pressed('ArrowLeft', threshold)!;
      expect(next).toBeLessThan(threshold);
      expect(presses).toBeLessThan(110);
      threshold = next;
    }
    expect(pressed('ArrowLeft', 0)).toBe(0);
  });

  it('moves by ten percent of the weights with the page keys', () => {
    expect(pressed('PageUp', 0.5)).toBeCloseTo(0.6, 1);
    expect(pressed('PageDown', 0.5)).toBeCloseTo(0.4, 1);
    expect(pressed('PageDown', 0.05)).toBe(0);
  });

  it('goes to the ends with Home and End', () => {
    expect(pressed('Home', 0.5)).toBe(0);
    expect(even.prunedShare('magnitude', pressed('End', 0.5)!)).toBe(1);
  });

  it('leaves other keys alone', () => {
    expect(pressed('a', 0.5)).toBeUndefined();
    expect(pressed('Tab', 0.5)).toBeUndefined();
  });

  it('crosses zero where signs count', () => {
    const signed = handleTrack(axisOf('signed', 1, 600), bySign, even);
    let threshold = -0.02;
    for (let i = 0; i < 5; i++)
      threshold = thresholdAfter({ key: 'ArrowRight', shiftKey: false }, signed, threshold, 0)!;
    expect(threshold).toBeGreaterThan(0.005);
  });
});

describe('the track of the handle', () => {
  const snapped = (distribution: Distribution) =>
    handleTrack(axisOf('signed', 1, 600), byMagnitude, distribution).snapPoints.map(({ sparsity }) => sparsity);

  it('has a point for every round sparsity', () => {
    expect(snapped(even)).toEqual([0.1, 0.25, 0.5, 0.75, 0.9]);
  });

  it('has none for those that the zeros already make up', () => {
    expect(snapped(new Distribution([weighing([...spread, ...Array<number>(1000).fill(0)])]))).toEqual([0.75, 0.9]);
  });

  it('draws the handle to a point that is near, and to the next bin elsewhere', () => {
    const track = handleTrack(axisOf('signed', 1, 600), byMagnitude, even);
    const half = track.snapPoints[2]!.threshold;
    expect(track.snapToRound(half + 0.01)).toBe(half);
    expect(track.snapToRound(0.6)).toBe(track.snap(0.6));
  });
});

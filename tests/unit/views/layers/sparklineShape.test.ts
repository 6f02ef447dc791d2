import { describe, expect, it } from 'vitest';
import {
  mergedDensities,
  prunedSpan,
  sparklineHeight,
  sparklinePath,
} from '../../../../src/views/layers/sparklineShape';

describe('a sparkline', () => {
  it('is a closed path whose highest point is at the top', () => {
    expect(sparklinePath([0, 4, 2])).toBe('M0 22L0 22.0L1 2.0L2 12.0L2 22Z');
  });

  it('is flat where there is nothing to show', () => {
    expect(sparklinePath([0, 0])).toBe(`M0 22L0 ${sparklineHeight}.0L1 ${sparklineHeight}.0L1 22Z`);
  });
});

describe('the pruned part of a sparkline', () => {
  it('lies around zero for magnitudes', () => {
    expect(prunedSpan('magnitude', 0.5, 1)).toEqual([0.25, 0.75]);
    expect(prunedSpan('magnitude', 9, 1)).toEqual([0, 1]);
    expect(prunedSpan('magnitude', 0, 1)).toEqual([0.5, 0.5]);
  });

  it('reaches from the left for signed values', () => {
    expect(prunedSpan('signed', 0, 1)).toEqual([0, 0.5]);
    expect(prunedSpan('signed', -0.5, 1)).toEqual([0, 0.25]);
    expect(prunedSpan('signed', -9, 1)).toEqual([0, 0]);
  });

  it('is all of a tensor of zeros that goes', () => {
    expect(prunedSpan('signed', 1, 0)).toEqual([0, 1]);
  });
});

describe('the sparkline of several tensors', () => {
  const flat = (radius: number, weights: number) => ({ radius, densities: new Float32Array(5).fill(weights) });

  it('is that of one where there is one', () => {
    const one = { radius: 2, densities: Float32Array.of(0, 1, 4, 1, 0) };
    expect(mergedDensities([one], 5)).toEqual(one);
  });

  it('counts each weight once, whatever its radius', () => {
    const merged = mergedDensities([flat(1, 10), flat(2, 10)], 5);
    expect(merged.radius).toBe(2);
    expect([...merged.densities]).toEqual([10, 30, 30, 30, 10]);
  });

  it('is not made a line by a few weights far out', () => {
    expect(mergedDensities([flat(1, 1000), flat(50, 1)], 5).radius).toBe(1);
    expect(mergedDensities([], 5).radius).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AxisView,
  extentOf,
  isClosest,
  isWhole,
  pannedAxis,
  revealing,
  wholeAxis,
  zoomedAxis,
} from '../../../../src/views/editor/histogram/axisView';

const view = fc
  .tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0.001, max: 0.1, noNaN: true }))
  .map(([start, extent]): AxisView => ({ start, end: start + extent }));

describe('the part of the axis that is shown', () => {
  it('keeps what is under the pointer where it is', () => {
    const closer = zoomedAxis(wholeAxis, 4, 0.5);
    expect(closer).toEqual({ start: 0.375, end: 0.625 });
    expect(zoomedAxis(closer, 2, 0.375)).toEqual({ start: 0.375, end: 0.5 });
    expect(zoomedAxis(closer, 1 / 8, 0.5)).toEqual(wholeAxis);
  });

  it('never leaves the axis', () => {
    const factor = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    const place = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(view, factor, place, (from, by, at) => {
        for (const to of [zoomedAxis(from, by, at), pannedAxis(from, at * 10), revealing(from, at)]) {
          expect(to.start).toBeGreaterThanOrEqual(0);
          expect(to.end).toBeLessThanOrEqual(1 + 1e-9);
          expect(extentOf(to)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('has a widest and a closest', () => {
    expect(isWhole(zoomedAxis({ start: 0.1, end: 0.2 }, 1e-6, 0.15))).toBe(true);
    expect(isClosest(zoomedAxis(wholeAxis, 1e9, 0.3))).toBe(true);
    expect(isClosest(wholeAxis)).toBe(false);
  });

  it('follows a handle out of sight, and only then', () => {
    const from = { start: 0.4, end: 0.5 };
    expect(revealing(from, 0.45)).toBe(from);
    const after = revealing(from, 0.7);
    expect(after.start).toBeLessThan(0.7);
    expect(after.end).toBeGreaterThan(0.7);
    expect(extentOf(after)).toBeCloseTo(0.1);
    expect(revealing(from, -3).start).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  axisOf,
  clampToAxis,
  pixelOf,
  reachablePixelOf,
  weightAt,
} from '../../../../src/views/charts/histogram/domain';
import { heldThreshold, hold, move } from '../../../../src/views/editor/threshold/holding';

const signed = axisOf('signed', -1, 1, 400);
const magnitudes = axisOf('magnitude', 0, 1, 400);

describe('the axis', () => {
  it('runs from one end of the weights to the other', () => {
    expect(pixelOf(signed, 0)).toBe(200);
    expect(pixelOf(signed, -1)).toBe(0);
    expect(pixelOf(magnitudes, 0.25)).toBe(100);
    expect(weightAt(signed, 300)).toBe(0.5);
  });

  it('goes there and back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-20, max: 1e20, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (radius, share) => {
          const axis = axisOf('signed', -radius, radius, 500);
          expect(pixelOf(axis, weightAt(axis, share * 500))).toBeCloseTo(share * 500, 6);
        },
      ),
    );
  });

  it('shows as many decades on each stretch of a logarithmic one, and zero far to the left', () => {
    const decades = axisOf('log', 1e-4, 1, 400);
    expect(pixelOf(decades, 1e-3)).toBeCloseTo(100);
    expect(weightAt(decades, 200)).toBeCloseTo(0.01);
    expect(pixelOf(decades, 0)).toBeLessThan(-1000);
    expect(reachablePixelOf(decades, 0)).toBe(0);
    expect(heldThreshold(move(hold(decades, 'magnitude', 0, 200, 0), -10, false))).toBe(0);
  });

  it('keeps what lies beyond within reach', () => {
    expect(reachablePixelOf(signed, 5)).toBe(400);
    expect(reachablePixelOf(signed, -5)).toBe(0);
    expect(clampToAxis(magnitudes, -5)).toBe(0);
  });
});

describe('a pointer that holds the handle', () => {
  it('means the weight under it', () => {
    expect(heldThreshold(hold(signed, 'magnitude', 100, 400, 0))).toBe(0.5);
    expect(heldThreshold(hold(magnitudes, 'magnitude', 100, 400, 0))).toBe(0.75);
  });

  it('does not make the handle jump when it is pressed beside its line', () => {
    const holding = hold(signed, 'magnitude', 0, 295, 5);
    expect(heldThreshold(holding)).toBe(0.5);
    expect(heldThreshold(move(holding, 335, false))).toBe(0.7);
  });

  it('drags the mirror image the other way', () => {
    const holding = hold(signed, 'magnitude', 0, 100, 0);
    expect(heldThreshold(holding)).toBe(0.5);
    expect(heldThreshold(move(holding, 60, false))).toBe(0.7);
  });

  it('stops at zero instead of coming back on the other side', () => {
    const holding = hold(signed, 'magnitude', 0, 300, 0);
    expect(heldThreshold(move(holding, 50, false))).toBe(0);
  });

  it('takes either side from zero', () => {
    const holding = hold(signed, 'magnitude', 0, 200, 0);
    expect(heldThreshold(move(holding, 240, false))).toBeCloseTo(0.2);
    expect(heldThreshold(move(holding, 160, false))).toBeCloseTo(0.2);
  });

  it('means negative weights where signs count', () => {
    const holding = hold(signed, 'signed', 0, 300, 0);
    expect(heldThreshold(move(holding, 50, false))).toBe(-0.75);
  });

  it('moves a tenth as far with Shift, and goes on from there without', () => {
    const fine = move(hold(signed, 'magnitude', 0, 300, 0), 400, true);
    expect(heldThreshold(fine)).toBeCloseTo(0.55);
    expect(heldThreshold(move(fine, 410, false))).toBeCloseTo(0.6);
  });

  it('holds either side of a part of the axis without zero', () => {
    const right = axisOf('signed', 0.5, 0.9, 400);
    expect(heldThreshold(move(hold(right, 'magnitude', 0, 0, 0), 100, false))).toBeCloseTo(0.6);
    const left = axisOf('signed', -0.9, -0.5, 400);
    expect(heldThreshold(move(hold(left, 'magnitude', 0, 400, 0), 300, false))).toBeCloseTo(0.6);
  });

  it('stays on the axis', () => {
    expect(heldThreshold(move(hold(signed, 'magnitude', 0, 300, 0), 5000, false))).toBe(1);
  });
});

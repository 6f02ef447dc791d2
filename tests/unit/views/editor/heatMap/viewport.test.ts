import { describe, expect, it } from 'vitest';
import {
  largestZoom,
  panned,
  regionOf,
  wholeElements,
  wholeOf,
  zoomed,
} from '../../../../../src/views/charts/heatMap/viewport';

const size = { height: 100, width: 400 };

describe('what of a picture is shown', () => {
  it('is all of it at first', () => {
    expect(regionOf(wholeOf(size), size)).toEqual({ top: 0, bottom: 100, left: 0, right: 400 });
  });

  it('is a part as large as the zoom says, around the centre', () => {
    const region = regionOf(zoomed(wholeOf(size), size, 2), size);
    expect(region).toEqual({ top: 25, bottom: 75, left: 100, right: 300 });
  });

  it('keeps what is under the mouse where it is', () => {
    const at = { x: 0.3, y: 0.8 };
    let viewport = wholeOf(size);
    for (const factor of [1.7, 3, 0.9]) {
      viewport = zoomed(viewport, size, factor, at);
      const { top, bottom, left, right } = regionOf(viewport, size);
      expect(left + at.x * (right - left)).toBeCloseTo(120);
      expect(top + at.y * (bottom - top)).toBeCloseTo(80);
    }
  });

  it('never leaves the picture', () => {
    const corner = panned(zoomed(wholeOf(size), size, 4), size, { x: 50, y: -50 });
    expect(regionOf(corner, size)).toEqual({ top: 0, bottom: 25, left: 300, right: 400 });
    // What was dragged beyond the edge need not be dragged back first.
    expect(regionOf(panned(corner, size, { x: -0.5, y: 0 }), size)).toMatchObject({ left: 250, right: 350 });
  });

  it('moves by shares of itself', () => {
    const shown = panned(zoomed(wholeOf(size), size, 2), size, { x: 0.1, y: 0.2 });
    expect(regionOf(shown, size)).toEqual({ top: 35, bottom: 85, left: 120, right: 320 });
  });

  it('is back to all of it when zoomed out, wherever that is', () => {
    const shown = zoomed(zoomed(wholeOf(size), size, 8, { x: 0.9, y: 0.1 }), size, 1e-3, { x: 0, y: 1 });
    expect(shown).toEqual(wholeOf(size));
  });

  it('ends at a few elements; a shorter direction ends before', () => {
    const shown = zoomed(wholeOf(size), size, 1e9);
    expect(shown.zoom).toBe(largestZoom(size));
    const { top, bottom, left, right } = regionOf(shown, size);
    expect([bottom - top, right - left]).toEqual([6, 6]);
  });

  it('of a picture smaller than that is always all of it', () => {
    const tiny = { height: 1, width: 4 };
    expect(zoomed(wholeOf(tiny), tiny, 2)).toEqual(wholeOf(tiny));
  });

  it('touches whole elements', () => {
    expect(wholeElements({ top: 0.5, bottom: 2.1, left: 3, right: 4 })).toEqual({
      top: 0,
      bottom: 3,
      left: 3,
      right: 4,
    });
  });
});

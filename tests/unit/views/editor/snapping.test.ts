import { describe, expect, it } from 'vitest';
import { labelledPoints, type SnapPoint, snapPointAt } from '../../../../src/views/editor/threshold/snapping';

const point = (sparsity: number, x: number): SnapPoint => ({ sparsity, threshold: x / 1000, x });
const wide = [point(0.1, 40), point(0.25, 100), point(0.5, 200), point(0.75, 300), point(0.9, 380)];
const crowded = [point(0.1, 3), point(0.25, 8), point(0.5, 20), point(0.75, 40), point(0.9, 80)];

describe('round sparsities', () => {
  it('draw the handle within 8 pixels', () => {
    expect(snapPointAt(193, wide, 0)?.sparsity).toBe(0.5);
    expect(snapPointAt(208, wide, 0)?.sparsity).toBe(0.5);
    expect(snapPointAt(210, wide, 0)).toBeUndefined();
  });

  it('leave room to stop between them where they are close', () => {
    const free = Array.from({ length: 20 }, (_, x) => snapPointAt(x, crowded, 0)).filter((drawn) => !drawn);
    expect(free.length).toBeGreaterThan(10);
    expect(snapPointAt(20, crowded, 0)?.sparsity).toBe(0.5);
  });

  it('are labelled where labels do not touch, the half first', () => {
    expect(
      labelledPoints(wide, 500)
        .map(({ sparsity }) => sparsity)
        .sort(),
    ).toEqual([0.1, 0.25, 0.5, 0.75, 0.9]);
    expect(labelledPoints(crowded, 500).map(({ sparsity }) => sparsity)).toEqual([0.5, 0.9]);
  });
});

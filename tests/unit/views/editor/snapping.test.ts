import { describe, expect, it } from 'vitest';
import { drawnTo, marksOf, markWidth, type SnapPoint } from '../../../../src/views/editor/threshold/snapping';

const point = (sparsity: number, x: number): SnapPoint => ({ sparsity, threshold: x / 1000, x });
const wide = [point(0.1, 40), point(0.25, 100), point(0.5, 200), point(0.75, 300), point(0.9, 380)];
const crowded = [point(0.1, 3), point(0.25, 8), point(0.5, 20), point(0.75, 40), point(0.9, 80)];

describe('round sparsities', () => {
  it('draw a handle that is near', () => {
    expect(drawnTo(198, wide, 0).point?.sparsity).toBe(0.5);
    expect(drawnTo(203, wide, 0).point?.sparsity).toBe(0.5);
    expect(drawnTo(205, wide, 0).point).toBeUndefined();
    expect(drawnTo(250, wide, 0)).toEqual({ x: 250 });
  });

  it('swallow none of what lies beside them', () => {
    for (const points of [wide, crowded]) {
      const drawn = Array.from({ length: 4000 }, (_, i) => drawnTo(i / 10, points, 0).x);
      drawn.slice(1).forEach((x, i) => {
        const step = x - drawn[i]!;
        expect(step).toBeGreaterThanOrEqual(0);
        expect(step).toBeLessThan(0.2);
      });
    }
  });

  it('have marks beside each other, in order, as near to their points as there is room', () => {
    expect(marksOf(wide, 500).map(({ x }) => x)).toEqual([40, 100, 200, 300, 380]);
    const marks = marksOf(crowded, 500);
    expect(marks.map(({ point }) => point.sparsity)).toEqual([0.1, 0.25, 0.5, 0.75, 0.9]);
    marks.slice(1).forEach(({ x }, i) => {
      expect(x - marks[i]!.x).toBeGreaterThanOrEqual(markWidth);
    });
    expect(marks[0]!.x).toBe(markWidth / 2);
    const atTheEnd = marksOf([point(0.75, 480), point(0.9, 499)], 500);
    expect(atTheEnd.map(({ x }) => x)).toEqual([500 - 1.5 * markWidth, 500 - 0.5 * markWidth]);
  });

  it('have fewer marks where there is no room, the half first', () => {
    expect(marksOf(crowded, 100).map(({ point }) => point.sparsity)).toEqual([0.5, 0.9]);
    expect(marksOf(crowded, 10)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellOf, cellsUnder, elementsOf } from '../../../../../src/views/charts/heatMap/cells';

describe('cells of a picture', () => {
  it('join the elements that lie in them', () => {
    const sizes = fc.record({
      start: fc.nat(50),
      length: fc.integer({ min: 1, max: 300 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, ({ start, length, share }) => {
        const axis = { start, end: start + length, cells: Math.max(1, Math.round(share * length)) };
        let next = start;
        for (let cell = 0; cell < axis.cells; cell++) {
          const { first, last } = elementsOf(axis, cell);
          expect(first).toBe(next);
          for (let element = first; element <= last; element++) expect(cellOf(axis, element)).toBe(cell);
          next = last + 1;
        }
        expect(next).toBe(axis.end);
      }),
    );
  });

  it('are under the pixels that show them', () => {
    expect([...cellsUnder({ start: 0, end: 8, cells: 4 }, 0, 8, 8, 1)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect([...cellsUnder({ start: 2, end: 4, cells: 2 }, 0, 8, 8, 1)]).toEqual([-1, -1, 0, 1, -1, -1, -1, -1]);
  });

  it('are set apart where there is room', () => {
    const under = cellsUnder({ start: 0, end: 4, cells: 4 }, 0, 4, 40, 1);
    expect([...under].flatMap((cell, pixel) => (cell < 0 ? [pixel] : []))).toEqual([10, 20, 30]);
  });

  it('are set apart by kernels where there is room for no more', () => {
    const under = cellsUnder({ start: 0, end: 9, cells: 9 }, 0, 9, 36, 3);
    expect([...under].flatMap((cell, pixel) => (cell < 0 ? [pixel] : []))).toEqual([12, 24]);
  });

  it('are set further apart between kernels than in them', () => {
    const under = cellsUnder({ start: 0, end: 4, cells: 4 }, 0, 4, 40, 2);
    expect([...under].flatMap((cell, pixel) => (cell < 0 ? [pixel] : []))).toEqual([10, 20, 21, 22, 30]);
  });
});

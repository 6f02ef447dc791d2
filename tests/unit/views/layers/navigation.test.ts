import { describe, expect, it } from 'vitest';
import { destination, rangeTo, scrollTopFor } from '../../../../src/views/layers/navigation';

describe('moving among rows', () => {
  it.each([
    ['ArrowDown', 4, 5],
    ['ArrowUp', 4, 3],
    ['PageDown', 4, 13],
    ['PageUp', 20, 11],
    ['Home', 20, 0],
    ['End', 4, 99],
  ])('with %s goes from row %i to row %i', (key, from, to) => {
    expect(destination(key, from, 100, 10)).toBe(to);
  });

  it('stops at the ends', () => {
    expect(destination('ArrowUp', 0, 100, 10)).toBe(0);
    expect(destination('PageDown', 95, 100, 10)).toBe(99);
  });

  it('starts at the first row when none is active', () => {
    expect(destination('ArrowDown', -1, 100, 10)).toBe(0);
  });

  it('goes nowhere among no rows, or with any other key', () => {
    expect(destination('ArrowDown', -1, 0, 10)).toBeUndefined();
    expect(destination('x', 3, 100, 10)).toBeUndefined();
  });
});

describe('a range of rows', () => {
  it('ends with the row that was clicked, so that the editor shows it', () => {
    expect(rangeTo(2, 5)).toEqual([2, 3, 4, 5]);
    expect(rangeTo(5, 2)).toEqual([5, 4, 3, 2]);
    expect(rangeTo(3, 3)).toEqual([3]);
  });
});

describe('scrolling to a row', () => {
  const viewport = { scrollTop: 320, height: 320, rowHeight: 32 };

  it('stays where it is when the row is wholly in view', () => {
    for (const position of [10, 15, 19]) expect(scrollTopFor(position, viewport, 'nearest')).toBe(320);
  });

  it('moves by one row to the one beside the view', () => {
    expect(scrollTopFor(9, viewport, 'nearest')).toBe(288);
    expect(scrollTopFor(20, viewport, 'nearest')).toBe(352);
  });

  it('brings a row from elsewhere to the middle', () => {
    expect(scrollTopFor(100, viewport, 'center')).toBe(3200 - 144);
    expect(scrollTopFor(0, viewport, 'center')).toBe(0);
  });
});

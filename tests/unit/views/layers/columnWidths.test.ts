import { describe, expect, it } from 'vitest';
import { initialColumns, optionalColumns } from '../../../../src/views/layers/columns';
import { formatWidths, nameWidthIn, parseWidths, withBorderMoved } from '../../../../src/views/layers/columnWidths';

const none = new Map();

describe('a border between columns', () => {
  it('gives the one what it takes from the other', () => {
    const moved = withBorderMoved(none, ['threshold', 'sparsity'], -20, 300);
    expect([...moved]).toEqual([
      ['threshold', 62],
      ['sparsity', 126],
    ]);
  });

  it('makes the name wide by what is beside it alone', () => {
    expect([...withBorderMoved(none, ['name', 'shape'], 30, 300)]).toEqual([['shape', 80]]);
  });

  it('stops where a column would say nothing any more', () => {
    expect(withBorderMoved(none, ['threshold', 'sparsity'], -500, 300).get('threshold')).toBe(44);
    expect(withBorderMoved(none, ['name', 'shape'], -500, 160).get('shape')).toBe(120);
  });
});

describe('widths that were stored', () => {
  it('are read back', () => {
    const widths = withBorderMoved(none, ['threshold', 'sparsity'], -20, 300);
    expect(parseWidths(formatWidths(widths), optionalColumns)).toEqual(widths);
  });

  it('are none where nothing usable was', () => {
    for (const stored of [undefined, '', '{}', '[1]', '[["__proto__",90]]', '[["shape","90"]]', '[["shape",1e9]]']) {
      expect(parseWidths(stored, optionalColumns).size).toBe(0);
    }
  });
});

describe('columns to begin with', () => {
  it('leave names room to be told apart, from the widest pane to the narrowest', () => {
    for (const width of [1200, 661, 588, 430, 390, 360]) {
      expect(nameWidthIn(['included', 'name', ...initialColumns(width)], width, none)).toBeGreaterThanOrEqual(150);
    }
    expect(initialColumns(360)).toEqual(['sparsity']);
    expect(initialColumns(661)).toContain('shape');
  });
});

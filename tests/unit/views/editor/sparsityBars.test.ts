import { describe, expect, it } from 'vitest';
import { barPaths } from '../../../../src/views/editor/layerChart/barGeometry';
import { overallSparsity, sparsityBars, summaryOf } from '../../../../src/views/editor/layerChart/sparsityBars';
import { measured, outcome, unmeasured } from './layers';

const layers = [
  measured(0, 'conv1.weight', { count: 100, zeros: 10 }),
  unmeasured(1, 'steps'),
  measured(2, 'fc.weight', { count: 300 }),
  measured(3, 'fc.bias', { count: 10 }),
];
const outcomes = new Map([
  [2, outcome({ zeros: 30 })],
  [0, outcome({ zeros: 50 })],
]);
const bars = sparsityBars(layers, outcomes);

describe('the bars of the layers', () => {
  it('are those that are in, in the order given, before and after', () => {
    expect(bars).toEqual([
      { position: 0, id: 0, name: 'conv1.weight', before: 0.1, after: 0.5 },
      { position: 1, id: 2, name: 'fc.weight', before: 0, after: 0.1 },
    ]);
  });

  it('have a mean in which layers count by their size', () => {
    expect(overallSparsity(layers, outcomes)).toBe(0.2);
    expect(overallSparsity(layers, new Map())).toBe(0);
  });

  it('are said in words', () => {
    const summary = summaryOf(bars, 0.2, 'file order');
    expect(summary).toContain('2 layers in file order');
    expect(summary).toContain('20.0 % overall');
    expect(summary).toContain('from 10.0 % in fc.weight to 50.0 % in conv1.weight');
    expect(summaryOf([], 0, 'file order')).toContain('no layer');
  });

  it('fill the width in whole pixels', () => {
    const paths = barPaths(bars, [1], { x: 10, y: 0, width: 100, height: 80 });
    expect(paths.after).toBe('M10 80v-40h49v40ZM60 80v-8h49v8Z');
    expect(paths.before).toBe('M10 80v-8h49v8Z');
    expect(paths.selection).not.toBe('');
    expect(paths.isNarrow).toBe(false);
  });

  it('still all show when there are 300', () => {
    const many = Array.from({ length: 300 }, (_, position) => ({ ...bars[0]!, position }));
    const { after, isNarrow } = barPaths(many, [], { x: 0, y: 0, width: 440, height: 80 });
    expect(after.match(/M/g)).toHaveLength(300);
    expect(isNarrow).toBe(true);
  });
});

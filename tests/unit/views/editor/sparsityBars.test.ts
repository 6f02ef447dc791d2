import { describe, expect, it } from 'vitest';
import { areNarrow, barsPath, selectionPath } from '../../../../src/views/editor/layerChart/barGeometry';
import { layerUnits, moduleUnits } from '../../../../src/views/editor/layerChart/barUnits';
import {
  followed,
  overallSparsity,
  sparsityBars,
  summaryOf,
} from '../../../../src/views/editor/layerChart/sparsityBars';
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
const bars = sparsityBars(layerUnits({ layers }), layers, outcomes);

describe('the bars of the layers', () => {
  it('are those that are in, in the order given, before and after', () => {
    expect(bars).toEqual([
      { position: 0, ids: [0], name: 'conv1.weight', before: 0.1, after: 0.5 },
      { position: 1, ids: [2], name: 'fc.weight', before: 0, after: 0.1 },
    ]);
  });

  it('have a mean in which layers count by their size', () => {
    expect(overallSparsity(bars, layers, outcomes)).toBe(0.2);
    expect(overallSparsity([], layers, new Map())).toBe(0);
  });

  it('follow other outcomes', () => {
    const after = followed(bars, layers, new Map([[2, outcome({ zeros: 150 })]]));
    expect(after.map((bar) => bar.after)).toEqual([0.1, 0.5]);
  });

  it('are one for each module that is closed', () => {
    const names = ['a.0.x.weight', 'a.0.y.weight', 'a.1.x.weight', 'a.1.y.weight', 'head.weight'];
    const some = names.map((name, id) => measured(id, name, { count: 100 * (id + 1) }));
    const zeros = new Map(some.map(({ id }) => [id, outcome({ zeros: 10 * id * (id + 1) })]));
    const closed = sparsityBars(moduleUnits({ layers: some }, new Set(['a.'])), some, zeros);
    expect(closed.map(({ name, ids }) => [name, ids])).toEqual([
      ['a.0', [0, 1]],
      ['a.1', [2, 3]],
      ['head.weight', [4]],
    ]);
    expect(closed[0]!.after).toBeCloseTo(20 / 300);
    expect(summaryOf(closed, 0.2, 'file order')).toContain('3 modules and layers');
    const open = moduleUnits({ layers: some }, new Set(['a.', 'a.0.', 'a.1.']));
    expect(open.map(({ name }) => name)).toEqual(names);
  });

  it('are said in words', () => {
    const summary = summaryOf(bars, 0.2, 'file order');
    expect(summary).toContain('2 layers in file order');
    expect(summary).toContain('20.0 % overall');
    expect(summary).toContain('from 10.0 % in fc.weight to 50.0 % in conv1.weight');
    expect(summaryOf([], 0, 'file order')).toContain('no layer');
  });

  it('fill the width in whole pixels', () => {
    const area = { x: 10, y: 0, width: 100, height: 80 };
    const path = (share: (bar: (typeof bars)[number]) => number) => barsPath(bars.map(share), area);
    expect(path(({ after }) => after)).toBe('M10 80v-40h49v40ZM60 80v-8h49v8Z');
    expect(path(({ before }) => before)).toBe('M10 80v-8h49v8Z');
    expect(areNarrow(bars.length, area)).toBe(false);
  });

  it('are marked from below where they are selected', () => {
    const path = selectionPath([1], bars, { x: 10, y: 0, width: 100, height: 80 });
    const [, top] = /^M[\d.]+ ([\d.]+)/.exec(path)!;
    expect(Number(top)).toBeGreaterThan(80);
  });

  it('still all show when there are 300', () => {
    const shares = Array.from({ length: 300 }, () => 0.5);
    const area = { x: 0, y: 0, width: 440, height: 80 };
    expect(barsPath(shares, area).match(/M/g)).toHaveLength(300);
    expect(areNarrow(300, area)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { at } from '../../../../src/lib/known';
import { layerTree } from '../../../../src/state/layerTree';
import type { TensorId } from '../../../../src/tensors/tensor';
import { groupFigures, siblingOrder } from '../../../../src/views/layers/groupFigures';
import { rowsOf } from '../../../../src/views/layers/rows';
import {
  groupedRows,
  groupsAround,
  groupsIn,
  layersAt,
  positionAround,
  type ShownRow,
  toSelect,
} from '../../../../src/views/layers/shownRows';
import { outcome } from '../editor/layers';
import { layer, norm } from './layers';

const layers = [
  layer(0, 'stem.weight', { numel: 10 }),
  layer(1, 'blocks.0.conv.weight', { numel: 4 }),
  norm(2, 'blocks.0.bn.weight'),
  layer(3, 'blocks.1.conv.weight', { numel: 100 }),
  norm(4, 'blocks.1.bn.weight'),
  layer(5, 'blocks.1.same.weight', { sameAs: 3, prunable: false, byDefault: false }),
];
const rows = rowsOf(layers);
const rowOf = new Map(rows.map((row) => [row.layer.id, row]));
const tree = layerTree({ layers });
const groups = groupsIn(tree, rowOf);
const outcomes = new Map([
  [0, outcome({ zeros: 1 })],
  [1, outcome({ zeros: 4, threshold: 0.5 })],
  [3, outcome({ zeros: 10, threshold: 0.5 })],
]);

function shown(about: { open?: string[]; shows?: (id: TensorId) => boolean; sort?: [string, boolean] }): ShownRow[] {
  const { open = [], shows = () => true, sort } = about;
  const ranks = new Map(layers.map(({ id }) => [id, id]));
  const compare = sort && siblingOrder({ id: sort[0], desc: sort[1] }, ranks, rowOf, groups, outcomes);
  return groupedRows({ tree, groups, rowOf, shows, compare, isOpen: (key) => open.includes(key) });
}
const read = (some: readonly ShownRow[]) =>
  some.map((row) => (row.kind === 'group' ? `${row.group.node.label} ${row.depth}` : row.row.layer.name));

describe('rows by module', () => {
  it('show what is in the groups that are open', () => {
    expect(read(shown({}))).toEqual(['stem.weight', 'blocks 0']);
    expect(read(shown({ open: ['blocks.', 'blocks.1.'] }))).toEqual([
      'stem.weight',
      'blocks 0',
      'blocks.0 1',
      'blocks.1 1',
      'blocks.1.conv.weight',
      'blocks.1.bn.weight',
      'blocks.1.same.weight',
    ]);
  });

  it('leave out what is folded, and act on all of a group all the same', () => {
    const some = shown({ open: ['blocks.', 'blocks.0.'], shows: (id) => id !== 2 });
    expect(read(some)).toEqual(['stem.weight', 'blocks 0', 'blocks.0 1', 'blocks.0.conv.weight', 'blocks.1 1']);
    expect(layersAt(at(some, 2)).map(({ id }) => id)).toEqual([1, 2]);
  });

  it('are selected by the weights in them that are pruned by default, each once', () => {
    expect(toSelect(at(shown({}), 1)).map(({ id }) => id)).toEqual([1, 3]);
    expect(toSelect(at(shown({ open: ['blocks.', 'blocks.1.'] }), 6)).map(({ id }) => id)).toEqual([3]);
  });

  it('know the groups around them', () => {
    expect(groupsAround(tree, 3)).toEqual(['blocks.', 'blocks.1.']);
    const some = shown({ open: ['blocks.', 'blocks.1.'] });
    expect(positionAround(some, 4)).toBe(3);
    expect(positionAround(some, 3)).toBe(1);
    expect(positionAround(some, 0)).toBe(-1);
  });

  it('stand by their sums, or where the first in them would', () => {
    expect(read(shown({ sort: ['parameters', true] }))).toEqual(['blocks 0', 'stem.weight']);
    expect(read(shown({ sort: ['sparsity', false] }))).toEqual(['stem.weight', 'blocks 0']);
    expect(read(shown({ open: ['blocks.'], sort: ['sparsity', true] }))).toEqual([
      'blocks 0',
      'blocks.0 1',
      'blocks.1 1',
      'stem.weight',
    ]);
    expect(read(shown({ sort: ['name', false] }))).toEqual(['stem.weight', 'blocks 0']);
  });
});

describe('figures of a group', () => {
  it('are sums over what is in, each weight once, and a threshold that all have', () => {
    const members = groups.get('blocks.')?.members ?? [];
    expect(groupFigures(members, outcomes)).toMatchObject({ included: true, weights: 104, zeros: 14, threshold: 0.5 });
    const apart = new Map([...outcomes, [3, outcome({ zeros: 10, threshold: 0.25 })] as const]);
    expect(groupFigures(members, apart).threshold).toBeUndefined();
    expect(groupFigures(members, new Map())).toMatchObject({ included: false, weights: 0, zeros: 0 });
  });
});

import { type SortingState, useTable } from '@tanstack/react-table';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { layersMatching, parseFilter } from '../../../../src/state/layerFilter';
import type { TensorStatistics } from '../../../../src/tensors/statistics';
import { layerColumns, layerTableFeatures, parseColumns, visibilityOf } from '../../../../src/views/layers/columns';
import { resolvedRows, rowsOf } from '../../../../src/views/layers/rows';
import { outcome } from '../editor/layers';
import { counter, layer } from './layers';

function statistics(partial: Partial<TensorStatistics>): TensorStatistics {
  const histogram = { firstBin: 0, positive: new Uint32Array(1), negative: new Uint32Array(1) };
  return { count: 4, zeros: 0, nan: 0, inf: 0, min: 0, max: 0, mean: 0, std: 0, histogram, ...partial };
}

const layers = [
  layer(0, 'layer10.weight', { shape: [4, 1], statistics: statistics({ mean: 0.1, min: -3, max: 1, nan: 2 }) }),
  layer(1, 'layer2.weight', { shape: [2, 2], statistics: statistics({ mean: Number.NaN, zeros: 3 }) }),
  counter(2, 'steps'),
  layer(3, 'layer1.weight', { shape: [1, 1, 4], statistics: statistics({ mean: -5, min: -1, max: 2 }) }),
];
const outcomes = new Map([
  [0, outcome({ zeros: 1, threshold: 0.5 })],
  [3, outcome({ zeros: 3, threshold: 0.1 })],
]);

const known = { layers, outcomes, locks: new Set<number>() };
const data = resolvedRows(rowsOf(layers), outcomes);

/** Says the ids of its rows, separated by spaces. */
function ShownIds({ sorting, filter }: { sorting: SortingState; filter: string }) {
  const table = useTable({
    features: layerTableFeatures,
    columns: layerColumns,
    data,
    state: {
      sorting,
      columnFilters: filter === '' ? [] : [{ id: 'name', value: layersMatching(parseFilter(filter), known) }],
      columnVisibility: {},
    },
  });
  return table
    .getRowModel()
    .rows.map(({ original }) => original.row.layer.id)
    .join(' ');
}

/** Ids in the order, and of the rows, that the table shows. */
function shown(sorting: SortingState, filter = ''): number[] {
  return renderToStaticMarkup(createElement(ShownIds, { sorting, filter })).split(' ').map(Number);
}
const ascending = (id: string) => shown([{ id, desc: false }]);
const descending = (id: string) => shown([{ id, desc: true }]);

describe('sorting the table', () => {
  it('leaves the file order until it is asked', () => {
    expect(shown([])).toEqual([0, 1, 2, 3]);
  });

  it('puts layer2 before layer10', () => {
    expect(ascending('name')).toEqual([3, 1, 0, 2]);
  });

  it('sorts shapes by dimensions, then by sizes', () => {
    expect(ascending('shape')).toEqual([1, 2, 0, 3]);
  });

  it('puts what has no figure last, either way round', () => {
    expect(ascending('mean')).toEqual([3, 0, 1, 2]);
    expect(descending('mean')).toEqual([0, 3, 1, 2]);
    expect(ascending('sparsity')).toEqual([0, 3, 1, 2]);
    expect(descending('threshold')).toEqual([0, 3, 1, 2]);
  });

  it('sorts by the largest magnitude, zeros, and NaN or infinite weights', () => {
    expect(descending('maximum')).toEqual([0, 3, 1, 2]);
    expect(descending('zeros')).toEqual([1, 0, 3, 2]);
    expect(descending('nonFinite')).toEqual([0, 1, 3, 2]);
  });

  it('sorts kinds with weights first', () => {
    expect(descending('kind')).toEqual([2, 0, 1, 3]);
  });

  it('sorts what the filter leaves', () => {
    expect(shown([{ id: 'name', desc: true }], 'kind:conv 1')).toEqual([0, 3]);
  });
});

describe('columns that were chosen', () => {
  it('are read back in the order of the table', () => {
    expect(parseColumns('["sparsity","kind"]')).toEqual(['kind', 'sparsity']);
    expect(parseColumns('[]')).toEqual([]);
  });

  it('are none where what was stored is no list of them', () => {
    for (const stored of [undefined, '', 'null', '{"kind":true}', '[kind']) expect(parseColumns(stored)).toBeNull();
    expect(parseColumns('["name","constructor",3]')).toEqual([]);
  });

  it('hide all others', () => {
    const visibility = visibilityOf(['kind']);
    expect(visibility.kind).toBe(true);
    expect(visibility.sparsity).toBe(false);
    expect(visibility.name).toBeUndefined();
  });
});

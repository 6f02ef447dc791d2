import { type SortingState, useTable } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { at } from '../../lib/known';
import { type ColumnId, layerColumns, layerTableFeatures, type OptionalColumn, visibilityOf } from './columns';
import type { ResolvedRow } from './rows';

export type LayerTable = ReturnType<typeof useLayerTable>;

/** Rows as they are given until a column is asked to sort them. */
const unsorted: SortingState = [];

/** The table's model: rows filtered and sorted, columns shown. */
export function useLayerTable(data: ResolvedRow[], filter: string, columns: readonly OptionalColumn[]) {
  const [sorting, setSorting] = useState(unsorted);
  const columnFilters = useMemo(() => (filter.trim() === '' ? [] : [{ id: 'name', value: filter }]), [filter]);
  const columnVisibility = useMemo(() => visibilityOf(columns), [columns]);
  const table = useTable({
    features: layerTableFeatures,
    columns: layerColumns,
    data,
    getRowId: rowIdOf,
    state: { sorting, columnFilters, columnVisibility },
    onSortingChange: setSorting,
    enableMultiSort: false,
  });
  const shownColumns = useMemo(
    () => ['included', 'name', ...columns] as const satisfies readonly ColumnId[],
    [columns],
  );
  const view = useMemo(
    () => ({ isWhole: sorting.length === 0 && columnFilters.length === 0 }),
    [sorting, columnFilters],
  );
  return {
    headers: at(table.getHeaderGroups(), 0).headers,
    rows: table.getRowModel().rows,
    shownColumns,
    /** What was asked for: filter and order. */
    view,
    isSorted: sorting.length > 0,
    unsort: () => setSorting(unsorted),
  };
}

function rowIdOf({ row }: ResolvedRow): string {
  return String(row.layer.id);
}

import { type SortingState, useTable } from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { at } from '../../lib/known';
import { isDecided } from '../../pruning/resolution';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { layerTree } from '../../state/layerTree';
import { studio, useStudio } from '../../state/store';
import { arranged } from '../../tensors/moduleTree';
import type { TensorId } from '../../tensors/tensor';
import { type ColumnId, layerColumns, layerTableFeatures, type OptionalColumn, visibilityOf } from './columns';
import { foldedIn } from './fold';
import { siblingOrder } from './groupFigures';
import type { ResolvedRow } from './rows';
import { flatRows, groupedRows, groupsIn } from './shownRows';

export type LayerTable = ReturnType<typeof useLayerTable>;

/** Rows as they are given until a column is asked to sort them. */
const unsorted: SortingState = [];
const none: ReadonlySet<string> = new Set();

/** The table's model: rows filtered, sorted, folded and grouped, columns shown. @param matching what the filter leaves, null: all */
export function useLayerTable(
  checkpoint: OpenedCheckpoint,
  data: ResolvedRow[],
  filter: string,
  matching: ReadonlySet<TensorId> | null,
  columns: readonly OptionalColumn[],
) {
  const [sorting, setSorting] = useState(unsorted);
  const isFiltered = matching !== null;
  const columnFilters = useMemo(() => (matching ? [{ id: 'name', value: matching }] : []), [matching]);
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

  const { outcomes } = useStudio((state) => state.settled);
  const folded = useMemo(
    () =>
      foldedIn(
        data.map(({ row }) => row),
        (id) => isDecided(outcomes, id),
      ),
    [data, outcomes],
  );
  const unfolded = useStudio((state) => state.unfolded);
  const selectedFolded = useStudio(({ selection }) => selection.filter((id) => folded.has(id)).join());
  const sorted = table.getRowModel().rows;
  /** Rows in the order of the column that sorts, without those that are folded. */
  const rows = useMemo(() => {
    const all = sorted.map(({ original }) => original.row);
    if (isFiltered || unfolded) return all;
    const selected = new Set(selectedFolded.split(',').map(Number));
    return all.filter(({ layer: { id } }) => !folded.has(id) || selected.has(id));
  }, [sorted, isFiltered, unfolded, folded, selectedFolded]);

  const grouping = useGrouping(checkpoint, data, sorted, isFiltered ? filter : '');
  const shown = useMemo(() => {
    if (!grouping) return flatRows(rows);
    const { rowOf, groups, isOpen, tree } = grouping;
    const [column] = sorting;
    const ranks = new Map(rows.map(({ layer: { id } }, rank) => [id, rank]));
    const compare = column && siblingOrder(column, ranks, rowOf, groups, outcomes);
    return groupedRows({ tree, groups, rowOf, shows: (id) => ranks.has(id), compare, isOpen });
  }, [grouping, rows, sorting, outcomes]);

  const view = useMemo(() => ({ isWhole: sorting.length === 0 && !isFiltered }), [sorting, isFiltered]);
  return {
    headers: at(table.getHeaderGroups(), 0).headers,
    /** The tensors whose rows show, or would in the groups that are closed. */
    rows,
    /** Every row there is to see, one below the other. */
    shown,
    grouping,
    folded,
    shownColumns,
    /** What was asked for: filter and order. */
    view,
    isSorted: sorting.length > 0,
    unsort: () => setSorting(unsorted),
  };
}

/** The groups of what the filter leaves, where the table goes by module. All are open while something is looked for. */
function useGrouping(
  checkpoint: OpenedCheckpoint,
  data: readonly ResolvedRow[],
  matches: readonly { readonly original: ResolvedRow }[],
  filter: string,
) {
  const isGrouped = useStudio((state) => state.groupBy === 'module');
  const openGroups = useStudio((state) => state.openGroups);
  const [closed, setClosed] = useState({ filter, keys: none });
  const rowOf = useMemo(() => new Map(data.map(({ row }) => [row.layer.id, row])), [data]);
  const matching = matches.map(({ original }) => original.row.layer.id);
  // A new order of the same tensors leaves the groups as they are.
  const found = filter === '' ? '' : matching.toSorted((a, b) => a - b).join();
  const groups = useMemo(() => {
    if (!isGrouped) return null;
    const ids = new Set<TensorId>(found === '' ? [] : found.split(',').map(Number));
    const tree = arranged(layerTree(checkpoint), (id) => filter === '' || ids.has(id));
    return { tree, groups: groupsIn(tree, rowOf), rowOf };
  }, [isGrouped, checkpoint, found, filter, rowOf]);
  return useMemo(() => {
    if (!groups) return null;
    if (filter === '') {
      const { setGroupsOpen } = studio.getState();
      return { ...groups, isOpen: (key: string) => openGroups.has(key), setOpen: setGroupsOpen };
    }
    const keys = closed.filter === filter ? closed.keys : none;
    const setOpen = (changed: readonly string[], open: boolean) => {
      const others = [...keys].filter((key) => !changed.includes(key));
      setClosed({ filter, keys: new Set(open ? others : [...others, ...changed]) });
    };
    return { ...groups, isOpen: (key: string) => !keys.has(key), setOpen };
  }, [groups, openGroups, closed, filter]);
}

function rowIdOf({ row }: ResolvedRow): string {
  return String(row.layer.id);
}

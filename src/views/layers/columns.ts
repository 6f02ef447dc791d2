/** The columns of the Layers table: what they show, how they sort, and which are shown to begin with. */
import {
  columnFilteringFeature,
  columnVisibilityFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  metaHelper,
  rowSortingFeature,
  type SortFn,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/react-table';
import { at, found } from '../../lib/known';
import type { Layer } from '../../state/checkpointSlice';
import { storedLabel } from '../../tensors/dtype';
import { layerKinds, type TensorId } from '../../tensors/tensor';
import type { ResolvedRow } from './rows';

export interface ColumnMeta {
  /** In the menu of columns. */
  readonly title: string;
  readonly align: 'start' | 'center' | 'end';
  /** In pixels; for the name, which takes what is left, the least. */
  readonly width: number;
}

export const layerTableFeatures = tableFeatures({
  columnFilteringFeature,
  filteredRowModel: createFilteredRowModel(),
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  columnVisibilityFeature,
  columnMeta: metaHelper<ColumnMeta>(),
});
type Features = typeof layerTableFeatures;

/** Columns that are always there; the rest can be hidden. */
export const fixedColumns = ['included', 'name'] as const;
/** In the order of the table. */
export const optionalColumns = [
  'kind',
  'shape',
  'dtype',
  'parameters',
  'macs',
  'mean',
  'std',
  'maximum',
  'zeros',
  'nonFinite',
  'weights',
  'threshold',
  'sparsity',
] as const;

export type OptionalColumn = (typeof optionalColumns)[number];
export type ColumnId = (typeof fixedColumns)[number] | OptionalColumn;

/** Columns shown until a person chooses, where the pane has that many pixels. The first ones that a narrow pane leaves out come last. */
const byWidth: readonly { readonly from: number; readonly columns: readonly OptionalColumn[] }[] = [
  { from: 640, columns: ['shape', 'parameters', 'weights', 'threshold', 'sparsity'] },
  { from: 460, columns: ['weights', 'threshold', 'sparsity'] },
  { from: 385, columns: ['threshold', 'sparsity'] },
  { from: 1, columns: ['sparsity'] },
];

/** @param width in pixels; 0: not measured yet. @returns the same array for the same columns */
export function initialColumns(width: number): readonly OptionalColumn[] {
  return (byWidth.find(({ from }) => width >= from) ?? at(byWidth, 0)).columns;
}

/** Chosen columns as they were stored; null where nothing usable was. */
export function parseColumns(text: string | undefined): readonly OptionalColumn[] | null {
  if (text === undefined) return null;
  try {
    const stored: unknown = JSON.parse(text);
    return Array.isArray(stored) ? optionalColumns.filter((id) => stored.includes(id)) : null;
  } catch {
    return null;
  }
}

/** The state of the table that shows these columns. */
export function visibilityOf(columns: readonly OptionalColumn[]): Record<string, boolean> {
  return Object.fromEntries(optionalColumns.map((id) => [id, columns.includes(id)]));
}

const names = new Intl.Collator('en', { numeric: true });
const byName: SortFn<Features, ResolvedRow> = (a, b) =>
  names.compare(a.original.row.layer.name, b.original.row.layer.name);

/** Fewest dimensions first, then by their sizes. */
const byShape: SortFn<Features, ResolvedRow> = (a, b) => {
  const left = a.original.row.layer.shape;
  const right = b.original.row.layer.shape;
  if (left.length !== right.length) return left.length - right.length;
  const axis = left.findIndex((size, i) => size !== right[i]);
  return axis < 0 ? 0 : at(left, axis) - at(right, axis);
};

/** Any filter over rows hangs on the name. */
const matchesFilter = ({ original }: { original: ResolvedRow }, _column: string, shown: ReadonlySet<TensorId>) =>
  shown.has(original.row.layer.id);

/** Undefined sorts last, either way round. */
function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Numbers are asked for largest first. */
const numeric = { sortFn: sortFn_basic, sortDescFirst: true, sortUndefined: 'last' } as const;

const helper = createColumnHelper<Features, ResolvedRow>();
export const layerColumns = helper.columns([
  helper.display({
    id: 'included',
    header: 'In',
    meta: { title: 'In or out of pruning', align: 'start', width: 38 },
  }),
  helper.accessor(({ row: { layer } }) => layer.name, {
    id: 'name',
    header: 'Name',
    sortFn: byName,
    filterFn: matchesFilter,
    meta: { title: 'Name', align: 'start', width: 150 },
  }),
  helper.accessor(({ row: { layer } }) => layerKinds.indexOf(layer.kind), {
    id: 'kind',
    header: 'Kind',
    sortFn: sortFn_basic,
    meta: { title: 'Kind', align: 'start', width: 82 },
  }),
  helper.accessor(({ row: { layer } }) => layer.numel, {
    id: 'shape',
    header: 'Shape',
    sortFn: byShape,
    sortDescFirst: true,
    meta: { title: 'Shape', align: 'start', width: 110 },
  }),
  helper.accessor(({ row: { layer } }) => storedLabel(layer), {
    id: 'dtype',
    header: 'Dtype',
    sortFn: sortFn_basic,
    meta: { title: 'Dtype', align: 'start', width: 60 },
  }),
  helper.accessor(({ row: { layer } }) => layer.numel, {
    id: 'parameters',
    header: 'Params',
    ...numeric,
    meta: { title: 'Parameters', align: 'end', width: 60 },
  }),
  helper.accessor(({ macs }) => macs, {
    id: 'macs',
    header: 'MACs',
    ...numeric,
    meta: { title: 'Multiplications (MACs), zeros not counted', align: 'end', width: 108 },
  }),
  helper.accessor(({ row: { layer } }) => finite(layer.statistics?.mean), {
    id: 'mean',
    header: 'Mean',
    ...numeric,
    meta: { title: 'Mean', align: 'end', width: 80 },
  }),
  helper.accessor(({ row: { layer } }) => finite(layer.statistics?.std), {
    id: 'std',
    header: 'Std',
    ...numeric,
    meta: { title: 'Standard deviation', align: 'end', width: 72 },
  }),
  helper.accessor(({ row: { layer } }) => finite(largestMagnitude(layer.statistics)), {
    id: 'maximum',
    header: 'Max |w|',
    ...numeric,
    meta: { title: 'Largest magnitude', align: 'end', width: 74 },
  }),
  helper.accessor(({ row: { layer } }) => layer.statistics?.zeros, {
    id: 'zeros',
    header: 'Zeros',
    ...numeric,
    meta: { title: 'Zeros in the file', align: 'end', width: 70 },
  }),
  helper.accessor(({ row: { layer } }) => nonFinite(layer.statistics), {
    id: 'nonFinite',
    header: 'NaN/Inf',
    ...numeric,
    meta: { title: 'NaN and infinities', align: 'end', width: 72 },
  }),
  helper.display({
    id: 'weights',
    header: 'Weights',
    meta: { title: 'Distribution of the weights', align: 'center', width: 66 },
  }),
  helper.accessor(({ outcome }) => finite(outcome?.placement?.threshold), {
    id: 'threshold',
    header: 'Threshold',
    ...numeric,
    meta: { title: 'Threshold', align: 'end', width: 82 },
  }),
  helper.accessor(({ outcome, row: { layer } }) => (outcome ? outcome.zeros / layer.numel : undefined), {
    id: 'sparsity',
    header: 'Sparsity',
    ...numeric,
    meta: { title: 'Sparsity', align: 'end', width: 106 },
  }),
]);

const metaById = new Map(layerColumns.map(({ id, meta }) => [id, meta]));
const titleById = new Map(layerColumns.map(({ id, header }) => [id, String(header)]));

export function columnMeta(id: ColumnId): ColumnMeta {
  return found(metaById.get(id), 'what a column is called');
}

/** Above the column. */
export function columnTitle(id: ColumnId): string {
  return found(titleById.get(id), 'what a column is called');
}

type Statistics = Layer['statistics'];

export function largestMagnitude(statistics: Statistics): number | undefined {
  return statistics && Math.max(Math.abs(statistics.min), Math.abs(statistics.max));
}

export function nonFinite(statistics: Statistics): number | undefined {
  return statistics && statistics.nan + statistics.inf;
}

/** The report as CSV, one line for each tensor. */
import { type CsvCell, csvText } from '../lib/csv';
import { type OutcomeRow, outcomeRows, type ReportSource, sparsityOf } from './outcomeRows';

const columns: readonly (readonly [name: string, cell: (row: OutcomeRow) => CsvCell])[] = [
  ['name', ({ name }) => name],
  ['container', ({ container }) => container],
  ['kind', ({ kind }) => kind],
  ['dtype', ({ dtype }) => dtype],
  ['shape', ({ shape }) => shape.join('x')],
  ['weights', ({ weights }) => weights],
  ['bytes', ({ bytes }) => bytes],
  ['same_as', ({ sameAs }) => sameAs ?? ''],
  ['changes_with', ({ changesWith }) => changesWith?.join('; ') ?? ''],
  ['zeros_before', ({ zerosBefore }) => zerosBefore ?? ''],
  ['zeros_after', ({ zerosAfter }) => zerosAfter ?? ''],
  [
    'sparsity_before',
    ({ zerosBefore, weights }) => (zerosBefore === undefined ? '' : sparsityOf(zerosBefore, weights)),
  ],
  ['sparsity_after', ({ zerosAfter, weights }) => (zerosAfter === undefined ? '' : sparsityOf(zerosAfter, weights))],
  ['threshold', ({ threshold }) => threshold ?? ''],
  ['masks', ({ masks }) => masks.join('; ')],
  ['repaired', ({ repaired }) => repaired?.role ?? ''],
  ['output_off_before', ({ repaired }) => repaired?.before ?? ''],
  ['output_off_after', ({ repaired }) => repaired?.after ?? ''],
];

/** Sparsities are fractions from 0 to 1. Tensors that were not measured have empty cells. */
export function csvReport(source: ReportSource): string {
  return csvText([
    columns.map(([name]) => name),
    ...outcomeRows(source).map((row) => columns.map(([, cell]) => cell(row))),
  ]);
}

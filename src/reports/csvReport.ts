/** The report as CSV (RFC 4180), one line for each tensor, for spreadsheets and pandas. */
import { type OutcomeRow, outcomeRows, type ReportSource, sparsityOf } from './outcomeRows';

const columns: readonly (readonly [name: string, cell: (row: OutcomeRow) => string | number])[] = [
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
];

/** Sparsities are fractions from 0 to 1. Tensors that were not measured have empty cells. */
export function csvReport(source: ReportSource): string {
  const lines = [
    columns.map(([name]) => name),
    ...outcomeRows(source).map((row) => columns.map(([, cell]) => cell(row))),
  ];
  return lines.map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  // Spreadsheets run text that begins like a formula; a name from a file is none.
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

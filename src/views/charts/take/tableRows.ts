import type { CsvCell } from '../../../lib/csv';

/** A table as it stands on the screen: what of it is said to those who do not see it is said here, too. */
export function tableRows(table: HTMLTableElement): CsvCell[][] {
  return [...table.rows].map((row) =>
    [...row.cells].flatMap((cell) => [
      (cell.textContent ?? '').replaceAll(/\s+/g, ' ').trim(),
      ...Array.from({ length: cell.colSpan - 1 }, () => ''),
    ]),
  );
}

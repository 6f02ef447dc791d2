/** Tables as CSV (RFC 4180), for spreadsheets and pandas. */

export type CsvCell = string | number;

/** One line a row, the names of the columns first. Names in a checkpoint are hostile: none is a formula here. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: CsvCell): string {
  if (typeof cell === 'number') return String(cell);
  // Spreadsheets run text that begins like a formula.
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

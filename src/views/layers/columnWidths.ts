/** How wide a hand made the columns. The name always takes what the others leave. */
import { type ColumnId, columnMeta } from './columns';

/** In pixels; absent: as they are to begin with. */
export type ColumnWidths = ReadonlyMap<ColumnId, number>;

/** Narrower than this, a column says nothing and its border cannot be caught any more. */
const least = 44;
const most = 1000;

export function widthIn(widths: ColumnWidths, id: ColumnId): number {
  return widths.get(id) ?? columnMeta(id).width;
}

/** In pixels: the least that a table of them takes. */
export function widthOf(columns: readonly ColumnId[], widths: ColumnWidths): number {
  return columns.reduce((sum, id) => sum + widthIn(widths, id), 0);
}

/** Pixels of the column of names, in a table of these columns. */
export function nameWidthIn(columns: readonly ColumnId[], tableWidth: number, widths: ColumnWidths): number {
  return columnMeta('name').width + Math.max(0, tableWidth - widthOf(columns, widths));
}

/** Left and right of a name, in pixels. */
const namePadding = 10;

/** Pixels that a name has there. */
export function nameRoomIn(columns: readonly ColumnId[], tableWidth: number, widths: ColumnWidths): number {
  return nameWidthIn(columns, tableWidth, widths) - namePadding;
}

/**
 * The border between two neighbours, moved: what one gains the other gives, so that no column leaves the view.
 * @param distance in pixels to the right
 * @param nameWidth as it is now
 */
export function withBorderMoved(
  widths: ColumnWidths,
  [left, right]: readonly [left: ColumnId, right: ColumnId],
  distance: number,
  nameWidth: number,
): ColumnWidths {
  const now = (id: ColumnId) => (id === 'name' ? nameWidth : widthIn(widths, id));
  const spare = (id: ColumnId) => Math.max(0, now(id) - (id === 'name' ? columnMeta('name').width : least));
  const moved = Math.min(spare(right), Math.max(-spare(left), Math.round(distance)));
  const changed = new Map(widths);
  if (left !== 'name') changed.set(left, now(left) + moved);
  if (right !== 'name') changed.set(right, now(right) - moved);
  return changed;
}

/** Widths as they were stored; none where nothing usable was. */
export function parseWidths(text: string | undefined, ids: readonly ColumnId[]): ColumnWidths {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(stored)) return new Map();
    return new Map(
      stored.flatMap((entry: unknown) => {
        if (!Array.isArray(entry)) return [];
        const [name, width] = entry as readonly unknown[];
        const id = ids.find((each) => each === name);
        return id !== undefined && typeof width === 'number' && width >= least && width <= most ? [[id, width]] : [];
      }),
    );
  } catch {
    return new Map();
  }
}

export function formatWidths(widths: ColumnWidths): string {
  return JSON.stringify([...widths]);
}

/** The cells of a picture in its two directions. */
import type { Picture } from '../../../state/pictureSlice';
import type { CellAxis } from './cells';

export function axesOf({ view: { region }, cells }: Picture): { rows: CellAxis; columns: CellAxis } {
  const { top, bottom, left, right } = region ?? { top: 0, bottom: cells.height, left: 0, right: cells.width };
  return {
    rows: { start: top, end: bottom, cells: cells.rows },
    columns: { start: left, end: right, cells: cells.columns },
  };
}

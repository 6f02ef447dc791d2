import { useState } from 'react';
import { remember, remembered } from '../../state/remembered';
import { optionalColumns } from './columns';
import { type ColumnWidths, formatWidths, parseWidths } from './columnWidths';

const key = 'secateur-column-widths';

/** Widths that a hand gave the columns, in this and earlier visits. */
export function useColumnWidths() {
  const [widths, setWidths] = useState(() => parseWidths(remembered(key), optionalColumns));
  const keep = (changed: ColumnWidths) => {
    setWidths(changed);
    remember(key, formatWidths(changed));
  };
  return [widths, keep] as const;
}

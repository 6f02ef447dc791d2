import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import { at } from '../../lib/known';
import type { LayerRow } from './rows';

/** In pixels, as the style sheet sets them. */
export const rowHeight = 32;
export const headerHeight = 28;
/** Rows drawn beyond the view, so that a fast scroll finds them there. */
const overscan = 12;

/** The rows that exist, by position, and the pixels of those above and below them. */
export function useRowsInView(rows: readonly LayerRow[], viewport: RefObject<HTMLDivElement | null>) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => at(rows, index).layer.id,
    overscan,
    scrollMargin: headerHeight,
  });
  const positions = virtualizer.getVirtualItems().map(({ index }) => index);
  const above = (positions[0] ?? 0) * rowHeight;
  return { positions, above, below: virtualizer.getTotalSize() - above - positions.length * rowHeight };
}

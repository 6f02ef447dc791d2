import { useVirtualizer } from '@tanstack/react-virtual';
import type { CSSProperties, RefObject } from 'react';
import { at } from '../../lib/known';

/** A finger needs more room than a mouse. */
const isCoarse = globalThis.matchMedia?.('(pointer: coarse)').matches ?? false;

/** In pixels; the style sheet has them from `rowHeights`. */
export const rowHeight = isCoarse ? 44 : 32;
export const headerHeight = isCoarse ? 44 : 28;
export const rowHeights = { '--row-height': `${rowHeight}px`, '--header-height': `${headerHeight}px` } as CSSProperties;
/** Rows drawn beyond the view, so that a fast scroll finds them there. */
const overscan = 12;

/** The rows that exist, by position, and the pixels of those above and below them. */
export function useRowsInView(rows: readonly { readonly key: string }[], viewport: RefObject<HTMLDivElement | null>) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => at(rows, index).key,
    overscan,
    scrollMargin: headerHeight,
  });
  const positions = virtualizer.getVirtualItems().map(({ index }) => index);
  const above = (positions[0] ?? 0) * rowHeight;
  return { positions, above, below: virtualizer.getTotalSize() - above - positions.length * rowHeight };
}

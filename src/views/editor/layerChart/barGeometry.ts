/** Geometry of the bars: whole pixels, so that 300 of them are even. */
import type { SparsityBar } from './sparsityBars';

/** In pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Below this width in pixels, bars are too narrow for stripes. */
const narrow = 5;

/** Height of the marks below what is selected, and their least width, to be found among 300. */
export const markHeight = 7;
const markWidth = 9;

export function areNarrow(bars: number, area: Area): boolean {
  return area.width / bars < narrow;
}

/** @param shares of the bars, 0 to 1 */
export function barsPath(shares: readonly number[], area: Area): string {
  const bottom = area.y + area.height;
  let path = '';
  shares.forEach((share, position) => {
    const { left, width } = bandOf(position, shares.length, area);
    const height = share > 0 ? Math.max(1, Math.round(share * area.height)) : 0;
    if (height > 0) path += `M${left} ${bottom}v${-height}h${width}v${height}Z`;
  });
  return path;
}

/** Points up at the selected from below the axis: over the bars it would look like one. */
export function selectionPath(selected: readonly number[], bars: readonly SparsityBar[], area: Area): string {
  const top = area.y + area.height + 2;
  return selected
    .map((position) => {
      const { left, width } = bandOf(position, bars.length, area);
      const half = Math.max(markWidth, Math.min(width, 3 * markWidth)) / 2;
      return `M${left + width / 2} ${top}l${half} ${markHeight}h${-2 * half}Z`;
    })
    .join('');
}

function bandOf(position: number, bars: number, area: Area) {
  const band = area.width / bars;
  const edge = (at: number) => Math.round(area.x + at * band);
  const left = edge(position);
  return { left, width: Math.max(1, edge(position + 1) - left - (band >= 3 ? 1 : 0)) };
}

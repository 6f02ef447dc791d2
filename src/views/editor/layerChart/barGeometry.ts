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

/** @param selected positions of the bars to mark */
export function barPaths(bars: readonly SparsityBar[], selected: readonly number[], area: Area) {
  const band = area.width / bars.length;
  const bottom = area.y + area.height;
  const left = (position: number) => Math.round(area.x + position * band);
  const widthOf = (position: number) => Math.max(1, left(position + 1) - left(position) - (band >= 3 ? 1 : 0));
  const columns = (share: (bar: SparsityBar) => number) => {
    let path = '';
    bars.forEach((bar, position) => {
      const height = share(bar) > 0 ? Math.max(1, Math.round(share(bar) * area.height)) : 0;
      if (height > 0) path += `M${left(position)} ${bottom}v${-height}h${widthOf(position)}v${height}Z`;
    });
    return path;
  };
  let selection = '';
  for (const position of selected) {
    // Wide enough to be found among 300.
    const width = Math.max(5, widthOf(position) + 2);
    const middle = left(position) + widthOf(position) / 2;
    selection += `M${middle - width / 2} ${area.y}h${width}V${bottom}h${-width}Z`;
  }
  return {
    before: columns(({ before }) => before),
    after: columns(({ after }) => after),
    selection,
    isNarrow: band < narrow,
  };
}

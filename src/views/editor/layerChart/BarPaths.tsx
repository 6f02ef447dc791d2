import { type MouseEvent, useMemo } from 'react';
import { usePlotArea } from 'recharts';
import { at } from '../../../lib/known';
import type { Layer } from '../../../state/checkpointSlice';
import { useStudio } from '../../../state/store';
import classes from './BarPaths.module.css';
import { type Area, areNarrow, barsPath, selectionPath } from './barGeometry';
import { followed, overallSparsity, type SparsityBar } from './sparsityBars';

interface BarPathsProps {
  readonly bars: readonly SparsityBar[];
  readonly layers: readonly Layer[];
  /** Positions among the bars. */
  readonly selected: readonly number[];
  readonly onSelect: (bar: SparsityBar) => void;
}

/** All bars as two paths: recharts' own bars cost an element and a few hooks each, too much for 300 layers at once. */
export function BarPaths({ bars, layers, selected, onSelect }: BarPathsProps) {
  const area = usePlotArea();
  const before = useMemo(
    () =>
      area
        ? barsPath(
            bars.map((bar) => bar.before),
            area,
          )
        : '',
    [bars, area],
  );
  if (!area) return null;
  return (
    <>
      <After bars={bars} layers={layers} area={area} />
      <path className={classes.before} d={before} />
      <path className={classes.selection} d={selectionPath(selected, bars, area)} data-testid="selected-bars" />
      {/* Recharts' own click goes to the bar that was hovered over, which a tap has not done. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the Layers table does the same by keyboard */}
      <rect className={classes.surface} {...area} onClick={(event) => onSelect(at(bars, barAt(event, bars.length)))} />
    </>
  );
}

/** All that follows a drag, in the same frame. */
function After({ bars, layers, area }: Pick<BarPathsProps, 'bars' | 'layers'> & { readonly area: Area }) {
  const { outcomes } = useStudio((state) => state.resolution);
  const path = barsPath(
    followed(bars, layers, outcomes).map(({ after }) => after),
    area,
  );
  const level = area.y + area.height * (1 - overallSparsity(bars, layers, outcomes));
  return (
    <>
      <path
        className={areNarrow(bars.length, area) ? classes.afterNarrow : classes.after}
        d={path}
        data-testid="sparsity-bars"
      />
      <line className={classes.overall} x1={area.x} x2={area.x + area.width} y1={level} y2={level} />
    </>
  );
}

function barAt({ clientX, currentTarget }: MouseEvent<SVGRectElement>, bars: number): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return Math.min(bars - 1, Math.floor(((clientX - left) / width) * bars));
}

import type { MouseEvent } from 'react';
import { usePlotArea } from 'recharts';
import { at } from '../../../lib/known';
import classes from './BarPaths.module.css';
import { barPaths } from './barGeometry';
import type { SparsityBar } from './sparsityBars';

/** All bars as two paths: recharts' own bars cost an element and a few hooks each, too much for 300 layers at once. */
export function BarPaths(props: {
  readonly bars: readonly SparsityBar[];
  readonly selected: readonly number[];
  readonly onSelect: (bar: SparsityBar) => void;
}) {
  const { bars, selected, onSelect } = props;
  const area = usePlotArea();
  if (!area) return null;
  const { before, after, selection, isNarrow } = barPaths(bars, selected, area);
  return (
    <>
      <path className={classes.selection} d={selection} />
      <path className={isNarrow ? classes.afterNarrow : classes.after} d={after} />
      <path className={classes.before} d={before} />
      {/* Recharts' own click goes to the bar that was hovered over, which a tap has not done. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the Layers table does the same by keyboard */}
      <rect className={classes.surface} {...area} onClick={(event) => onSelect(at(bars, barAt(event, bars.length)))} />
    </>
  );
}

function barAt({ clientX, currentTarget }: MouseEvent<SVGRectElement>, bars: number): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return Math.min(bars - 1, Math.floor(((clientX - left) / width) * bars));
}

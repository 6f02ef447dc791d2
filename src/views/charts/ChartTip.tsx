import type { ReactNode } from 'react';
import { Tooltip } from 'recharts';
import classes from './ChartTip.module.css';

const bandCursor = { fill: 'var(--line)' };
const lineCursor = { stroke: 'var(--line-strong)' };

interface ChartTipProps {
  /** What is pointed at: a band of the chart, as wide as a bar, or a place along a line. */
  readonly at: 'band' | 'place';
  /** @param label the figure on the horizontal axis @returns nothing where there is nothing to say */
  readonly children: (label: number) => ReactNode;
}

/** What is said about the part of a chart that is pointed at, or reached with the arrow keys. */
export function ChartTip({ at, children }: ChartTipProps) {
  return (
    <Tooltip
      includeHidden
      isAnimationActive={false}
      cursor={at === 'band' ? bandCursor : lineCursor}
      content={({ active, label }) => {
        const said = active && label !== undefined ? children(Number(label)) : null;
        return said ? (
          <div role="status" className={classes.tip}>
            {said}
          </div>
        ) : null;
      }}
    />
  );
}

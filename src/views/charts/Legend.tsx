import type { ReactNode } from 'react';
import classes from './Legend.module.css';

/** What the marks of a chart mean. For those who see it: others are told in the chart's name. */
export function Legend({ children }: { readonly children: ReactNode }) {
  return (
    <ul className={classes.legend} aria-hidden="true">
      {children}
    </ul>
  );
}

/** Kept is blue; pruned is orange, and hatched where it fills something; what the model was before is grey or dashed. */
export type Swatch =
  | 'kept'
  | 'pruned'
  | 'before'
  | 'selected'
  | 'kept-line'
  | 'pruned-line'
  | 'other-line'
  | 'repaired-line'
  | 'dashed-line';

interface LegendEntryProps {
  /** Absent where the children bring a mark of their own. */
  readonly swatch?: Swatch;
  readonly children: ReactNode;
}

export function LegendEntry({ swatch, children }: LegendEntryProps) {
  return (
    <li>
      {swatch && <i data-swatch={swatch} />}
      {children}
    </li>
  );
}

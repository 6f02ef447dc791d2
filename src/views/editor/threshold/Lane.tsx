import type { ReactNode } from 'react';
import classes from './Lane.module.css';

/** What is said of a place of the plot, above it. @param x in CSS, from the left of the plot */
export function Lane({ x, children }: { readonly x: string; readonly children: ReactNode }) {
  return (
    <div className={classes.lane} style={{ '--lane-x': x } as object} aria-hidden="true">
      <span>{children}</span>
    </div>
  );
}

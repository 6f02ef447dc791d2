import { type ReactNode, useRef } from 'react';
import { TakeMenu } from './TakeMenu';
import classes from './TakeMenu.module.css';
import { tableRows } from './tableRows';
import type { Taken } from './useTakeable';

interface TakenTableProps extends Pick<Taken, 'title' | 'rows'> {
  /** A table. */
  readonly children: ReactNode;
}

/** A table that can be taken away as CSV: its figures where they are given, else what its cells say. */
export function TakenTable({ title, rows, children }: TakenTableProps) {
  const around = useRef<HTMLDivElement>(null);
  const ofCells = () => {
    const table = around.current?.querySelector('table');
    return table ? tableRows(table) : [];
  };
  return (
    <div ref={around} className={classes.around}>
      {children}
      <TakeMenu title={title} rows={rows ?? ofCells} floats />
    </div>
  );
}

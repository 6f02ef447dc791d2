import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './WithAct.module.css';

interface WithActProps {
  /** On the button. */
  readonly label: string;
  onAct(): void;
  /** What is said. */
  readonly children: ReactNode;
}

/** A short notice, and what one may do about it. */
export function WithAct({ label, onAct, children }: WithActProps) {
  return (
    <span className={classes.said}>
      {children}
      <Button size="compact-sm" onClick={onAct}>
        {label}
      </Button>
    </span>
  );
}

import { type ReactNode, useEffect, useRef } from 'react';
import type { DeliveryWords } from './deliveries';
import classes from './MoreExports.module.css';

interface DeliveryProps {
  readonly words: DeliveryWords;
  /** What was just downloaded of it. */
  readonly delivered: string | undefined;
  /** Beside the title. */
  readonly size?: string | undefined;
  /** Buttons. */
  readonly children: ReactNode;
}

/** One thing to take away: what it is, what to do with it, and how to have it. */
export function Delivery({ words, delivered, size, children }: DeliveryProps) {
  const row = useRef<HTMLLIElement>(null);
  // The dialog puts the focus on its main button when an export ends: back to the one that asked for this.
  useEffect(() => {
    if (delivered !== undefined) row.current?.querySelector('button')?.focus();
  }, [delivered]);
  return (
    <li ref={row} className={classes.delivery}>
      <div className={classes.words}>
        <h4>
          {words.title}
          {size !== undefined && <span className={classes.size}> {size}</span>}
        </h4>
        <p>{words.sentence}</p>
      </div>
      <div className={classes.ways}>
        <div className={classes.buttons}>{children}</div>
        <p role="status" className={classes.delivered}>
          {delivered}
        </p>
      </div>
    </li>
  );
}

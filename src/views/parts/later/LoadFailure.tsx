import { Button } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import classes from './LoadFailure.module.css';

/** In the place of a part of the screen that did not arrive. */
export function LoadFailure({ onTryAgain }: { onTryAgain(): void }) {
  return (
    <div role="alert" className={classes.failure}>
      <IconAlertOctagon size={20} stroke={1.8} className={classes.icon} aria-hidden />
      <p>
        <strong>Not loaded</strong>
        <br />
        This part of Secateur could not be fetched. It is tried again every few seconds; where its server is gone, start
        it again or reload the page.
      </p>
      <Button onClick={onTryAgain}>Try again</Button>
    </div>
  );
}

import { Button } from '@mantine/core';
import { tryAgain } from '../parts/quality/start';
import { useEvaluation } from '../parts/quality/useEvaluation';
import classes from './Dialog.module.css';

/** In a dialog: what went wrong with what was asked for there. */
export function FailureNote() {
  const status = useEvaluation((state) => state.status);
  if (status.kind !== 'failed') return null;
  return (
    <div role="alert" className={classes.failure}>
      {status.error.message} {status.error.context.advice}{' '}
      {status.error.code === 'not-fetched' && (
        <Button size="compact-xs" onClick={tryAgain}>
          Try again
        </Button>
      )}
    </div>
  );
}

import { Button } from '@mantine/core';
import { screen } from '../../state/screen';
import { startEvaluation } from '../parts/quality/start';
import { useEvaluation } from '../parts/quality/useEvaluation';
import classes from './Understand.module.css';

/** In place of what only a running model tells. @param what it tells, in a sentence */
export function RunNeeded({ what }: { readonly what: string }) {
  const isLoading = useEvaluation(({ status }) => status.kind === 'loading');
  const hasGraph = useEvaluation((state) => state.graph !== null);
  return (
    <div className={classes.body}>
      <p className={classes.lead}>{what} For that the model has to run: on your machine, in this tab.</p>
      <Button disabled={isLoading} onClick={hasGraph ? () => screen.getState().show('inputs') : startEvaluation}>
        {isLoading ? 'Loading…' : hasGraph ? 'Choose inputs…' : 'Evaluate…'}
      </Button>
    </div>
  );
}

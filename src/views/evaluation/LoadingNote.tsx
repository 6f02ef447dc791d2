import { Progress } from '@mantine/core';
import { useEvaluation } from '../parts/quality/useEvaluation';
import classes from './Dialog.module.css';

/** In a dialog: how far loading is. */
export function LoadingNote() {
  const status = useEvaluation((state) => state.status);
  if (status.kind !== 'loading') return null;
  const { stage, done, total } = status;
  return (
    <div className={classes.progress}>
      <span>{stage}</span>
      <Progress value={total > 0 ? (done / total) * 100 : 100} animated={total === 0} size={8} aria-label={stage} />
    </div>
  );
}

import type { ReactNode } from 'react';
import { studio, useStudio } from '../../state/store';
import type { Understanding } from '../../state/understandingState';
import { StepProgress } from '../parts/progress/StepProgress';
import classes from './Understand.module.css';

/** How far a look is, or why nothing came of it; else what stands in its place. */
export function Looking({ about, of, children }: { about: Understanding['about']; of: string; children: ReactNode }) {
  const status = useStudio(({ understanding }) => understanding.status);
  const isMine = useStudio(({ understanding }) => understanding.about === about);
  if (!isMine || status.kind === 'idle') return children;
  if ('step' in status) {
    return <StepProgress of={of} status={status} onCancel={studio.getState().cancelUnderstanding} />;
  }
  return (
    <>
      <p className={classes.failure} role="alert">
        {status.kind === 'failed' ? status.error.message : status.sentence}
      </p>
      {children}
    </>
  );
}

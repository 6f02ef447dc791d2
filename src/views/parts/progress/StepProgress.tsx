import { Button, Progress } from '@mantine/core';
import type { RunningStatus } from '../../../state/stepRunner';
import { classNames } from '../classNames';
import { durationText } from '../words/durationText';
import classes from './StepProgress.module.css';

interface StepProgressProps {
  /** What runs: `Repair`. */
  readonly of: string;
  readonly status: RunningStatus<string>;
  onCancel(): void;
}

/** What is done now and how long it takes, with the way out. */
export function StepProgress({ of, status, onCancel }: StepProgressProps) {
  const { step, done, total, millisecondsLeft } = status;
  return (
    <div className={classes.working}>
      <div className={classes.step} title={step}>
        <bdi>{step}</bdi>
        {millisecondsLeft !== undefined && `, ${durationText(millisecondsLeft)} left`}
      </div>
      <div className={classes.bar}>
        <Progress
          className={classNames(classes.progress)}
          value={total > 0 ? (done / total) * 100 : 100}
          animated={total === 0}
          size={8}
          aria-label={`${of}: ${step}`}
        />
        <Button size="compact-xs" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

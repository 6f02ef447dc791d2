import { Button, Progress } from '@mantine/core';
import type { RunningStatus } from '../../../state/stepRunner';
import { classNames } from '../../parts/classNames';
import { repairer } from '../../parts/quality/useRepair';
import { durationText } from '../../parts/words/durationText';
import classes from './Repair.module.css';

type Running = RunningStatus<'repairing'>;

/** Layer by layer, with the way out. */
export function Repairing({ status }: { readonly status: Running }) {
  const { step, done, total } = status;
  return (
    <div className={classes.repairing}>
      <div className={classes.step}>
        <bdi>{step}</bdi>
        {leftText(status)}
      </div>
      <div className={classes.bar}>
        <Progress
          className={classNames(classes.progress)}
          value={total > 0 ? (done / total) * 100 : 100}
          animated={total === 0}
          size={8}
          aria-label={`Repair: ${step}`}
        />
        <Button size="compact-xs" onClick={repairer().cancelRepair}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function leftText({ millisecondsLeft }: Running): string {
  return millisecondsLeft === undefined ? '' : `, ${durationText(millisecondsLeft)} left`;
}

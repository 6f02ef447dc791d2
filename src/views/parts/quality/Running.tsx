import { Button, Progress } from '@mantine/core';
import type { EvaluationState, EvaluationStatus } from '../../../state/evaluationState';
import { classNames } from '../classNames';
import { durationText } from '../words/durationText';
import classes from './Running.module.css';
import { evaluator, useEvaluation } from './useEvaluation';

type RunningStatus = Extract<EvaluationStatus, { kind: 'loading' | 'searching' }>;

/** Loading or searching: what, how far, and the way out. */
export function Running({ status }: { readonly status: RunningStatus }) {
  const search = useEvaluation(searchText);
  const share = useEvaluation(({ sensitivity }) =>
    sensitivity?.state === 'running' ? sensitivity.done / sensitivity.total : undefined,
  );
  const isLoading = status.kind === 'loading';
  const label = isLoading ? status.stage : search;
  const done = isLoading ? (status.total > 0 ? status.done / status.total : undefined) : share;
  return (
    <>
      <div className={classes.label}>{label}</div>
      <div className={classes.line}>
        <Progress
          className={classNames(classes.bar)}
          value={(done ?? 1) * 100}
          animated={done === undefined}
          size={8}
          aria-label={label}
        />
        <Button size="compact-xs" onClick={evaluator().cancelEvaluation}>
          Cancel
        </Button>
      </div>
    </>
  );
}

function searchText({ sensitivity, tuning }: EvaluationState): string {
  const isTuning = tuning?.state === 'running';
  if (sensitivity?.state === 'running') {
    return `${isTuning ? 'Auto-tune: sensitivity' : 'Sensitivity'}, ${durationText(sensitivity.millisecondsLeft)} left`;
  }
  return isTuning ? `Auto-tune: evaluation ${tuning.evaluations + 1}` : 'Running the model';
}

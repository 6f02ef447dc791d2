import { Button, Tooltip } from '@mantine/core';
import type { EvaluationState } from '../../../state/evaluationState';
import { tryAgain } from '../../parts/quality/start';
import classes from './Quality.module.css';
import { QualityMenu } from './QualityMenu';

type Failed = Extract<EvaluationState['status'], { kind: 'failed' }>;

/** One sentence; the studio goes on without the figure. */
export function Failure({ error }: Pick<Failed, 'error'>) {
  const { message, context } = error;
  return (
    <div className={classes.failed}>
      <Tooltip label={[message, context.advice].filter(Boolean).join(' ')}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a sentence that does not fit shows whole in its tooltip */}
        <p className={classes.failure} tabIndex={0}>
          Not evaluated: {message}
        </p>
      </Tooltip>
      <Button size="compact-xs" onClick={tryAgain}>
        Try again
      </Button>
      <QualityMenu />
    </div>
  );
}

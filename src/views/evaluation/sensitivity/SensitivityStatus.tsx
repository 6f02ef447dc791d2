import { Button, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { found } from '../../../lib/known';
import { formatInteger, formatQuantity } from '../../../lib/numbers';
import { countIn } from '../../../pruning/resolution';
import { download } from '../../../state/download';
import type { Sensitivity } from '../../../state/evaluation';
import { suffixed } from '../../../state/exporting';
import { metrics } from '../../../state/metrics';
import { studio, useStudio } from '../../../state/store';
import { classNames } from '../../parts/classNames';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { durationText } from '../../parts/words/durationText';
import { grainText } from '../figures';
import classes from './Panel.module.css';

/** How far it is, and what can be done with it. */
export function SensitivityStatus({ sensitivity }: { readonly sensitivity: Sensitivity }) {
  const metric = useEvaluation((state) => state.metric);
  const samples = useEvaluation((state) => state.inputs?.samples ?? 0);
  const isBusy = useEvaluation(({ status }) => status.kind === 'searching' || status.kind === 'loading');
  const { done, total, state, millisecondsLeft } = sensitivity;
  if (state === 'running') {
    return (
      <div className={classes.status}>
        <span>
          {formatInteger(done)} of {formatInteger(total)} evaluations · {durationText(millisecondsLeft)} left
        </span>
        <Progress
          className={classNames(classes.bar)}
          value={(done / total) * 100}
          size={8}
          aria-label="Evaluations of the sensitivity"
        />
        <Button size="compact-xs" onClick={evaluator().cancelEvaluation}>
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.status}>
      <span>
        {metrics[metric].label}
        {state === 'cancelled'
          ? `, cancelled after ${formatInteger(done)} of ${formatQuantity(total, 'evaluation')}`
          : `, ${formatQuantity(done, 'evaluation')}`}
        {grainText(metric, samples) !== '' && ` on ${formatQuantity(samples, 'input')}${grainText(metric, samples)}`}
      </span>
      <Button size="compact-xs" disabled={isBusy} onClick={() => evaluator().measureSensitivity()}>
        {state === 'cancelled' && done > 0 ? 'Continue' : 'Measure again'}
      </Button>
      <Button
        size="compact-xs"
        leftSection={<IconDownload size={14} stroke={1.7} />}
        disabled={done === 0}
        onClick={downloadCsv}
      >
        CSV
      </Button>
    </div>
  );
}

function downloadCsv(): void {
  const name = suffixed(found(studio.getState().checkpoint, 'an open checkpoint').fileName, '', '.sensitivity.csv');
  download(new Blob([evaluator().sensitivityCsv()], { type: 'text/csv' }), name);
}

/** Before the first measurement. @param what is shown then, in a sentence */
export function SensitivityStart({ what }: { readonly what: string }) {
  const layers = useStudio((state) => countIn(state.settled.outcomes));
  const baseline = useEvaluation((state) => state.inputs?.baseline);
  const isBusy = useEvaluation(({ status }) => status.kind === 'searching' || status.kind === 'loading');
  return (
    <div className={classes.start}>
      <p>
        {what} Every layer is pruned alone, at a ladder of sparsities, and the model is run each time; the recipe stays
        as it is.
        {baseline &&
          ` ${formatQuantity(layers, 'layer')}; one run takes about ${formatInteger(baseline.milliseconds)} ms.`}
      </p>
      <Button disabled={isBusy || layers === 0 || !baseline} onClick={() => evaluator().measureSensitivity()}>
        Measure sensitivity
      </Button>
    </div>
  );
}

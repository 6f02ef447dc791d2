import { Button, Progress } from '@mantine/core';
import { formatInteger, formatQuantity } from '../../../lib/numbers';
import type { Tuning } from '../../../state/evaluationState';
import { screen } from '../../../state/screen';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { durationText } from '../../parts/words/durationText';
import dialog from '../Dialog.module.css';
import { goalText } from './goals';

export function TuneProgress({ tuning }: { readonly tuning: Tuning }) {
  const sensitivity = useEvaluation((state) => (state.sensitivity?.state === 'running' ? state.sensitivity : null));
  const text = sensitivity
    ? `First the sensitivity of each layer: ${formatInteger(sensitivity.done)} of ` +
      `${formatInteger(sensitivity.total)}, ${durationText(sensitivity.millisecondsLeft)} left`
    : `${formatQuantity(tuning.evaluations, 'evaluation')} of the whole model so far`;
  return (
    <>
      <p className={dialog.help}>Looking for {goalText(tuning.goal)}.</p>
      <div className={dialog.progress}>
        <span>{text}</span>
        <Progress
          size={8}
          value={sensitivity ? (sensitivity.done / sensitivity.total) * 100 : 100}
          animated={!sensitivity}
          aria-label={text}
        />
      </div>
      <div className={dialog.buttons}>
        <p>It goes on when this is closed.</p>
        <Button size="sm" onClick={evaluator().cancelEvaluation}>
          Cancel
        </Button>
        <Button size="sm" onClick={screen.getState().close} data-autofocus>
          Close
        </Button>
      </div>
    </>
  );
}

import { Button } from '@mantine/core';
import { formatInteger, formatPercent } from '../../../lib/numbers';
import type { Evaluation, TrailPoint } from '../../../state/evaluation';
import type { Tuning } from '../../../state/evaluationState';
import { metrics, metricValue, plusMinusFor } from '../../../state/metrics';
import { screen } from '../../../state/screen';
import { Mark } from '../../charts/Mark';
import { TakenTable } from '../../charts/take/TakenTable';
import { metricText } from '../../parts/quality/metricText';
import dialog from '../Dialog.module.css';
import { sureText } from '../figures';
import { origins } from '../trail/points';
import { goalText, splitText } from './goals';
import classes from './TuneDialog.module.css';

/** What was found, and whether it was worth it. */
export function TuneResult({ tuning, onAskAgain }: { readonly tuning: Tuning; onAskAgain(): void }) {
  const { goal, state, verdict, tuned, global, figures, judged } = tuning;
  return (
    <>
      <p className={dialog.help}>
        Asked for: {goalText(goal)}. {tuning.searched !== undefined && splitText(tuning.searched, judged ?? 0)}
      </p>
      <p role="status" className={classes.verdict} data-state={state}>
        {verdict ?? (state === 'cancelled' ? 'Cancelled; the recipe is as it was.' : 'There is no such recipe.')}
      </p>
      {tuned && global && (
        <TakenTable title="Auto-tune against one global threshold">
          <table className={`${dialog.table} ${classes.points}`} aria-label="Auto-tune against one global threshold">
            <thead>
              <tr>
                <th scope="col">On the chart</th>
                <th scope="col" data-number>
                  Sparsity
                </th>
                <th scope="col" data-number>
                  {metrics[goal.metric].label}
                  {judged ? `, on ${formatInteger(judged)} inputs` : ''}
                </th>
              </tr>
            </thead>
            <tbody>
              <PointRow point={tuned} tuning={tuning} evaluation={figures?.tuned ?? tuned.evaluation} />
              <PointRow point={global} tuning={tuning} evaluation={figures?.global ?? global.evaluation} />
            </tbody>
          </table>
        </TakenTable>
      )}
      <div className={dialog.buttons}>
        <Button size="sm" onClick={onAskAgain}>
          Ask for something else
        </Button>
        <Button size="sm" variant="filled" onClick={screen.getState().close} data-autofocus>
          Done
        </Button>
      </div>
    </>
  );
}

interface PointRowProps {
  readonly point: TrailPoint;
  readonly tuning: Tuning;
  /** Of the inputs that judge. */
  readonly evaluation: Evaluation;
}

function PointRow({ point, tuning, evaluation }: PointRowProps) {
  const { metric } = tuning.goal;
  const value = metricValue(evaluation, metric);
  const { shape, name } = origins[point.origin];
  return (
    <tr data-origin={point.origin}>
      <td>
        <Mark shape={shape} size={12} /> {name}
      </td>
      <td data-number>{formatPercent(point.sparsity)}</td>
      <td data-number>
        {value === undefined ? '–' : metricText(metric, value)} {sureText(metric, plusMinusFor(metric, evaluation))}
      </td>
    </tr>
  );
}

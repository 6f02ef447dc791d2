import { Button, Loader } from '@mantine/core';
import { formatInteger } from '../../../lib/numbers';
import { isBusy } from '../../../state/evaluationState';
import {
  type Change,
  changeOf,
  isBetter,
  isSignificant,
  metrics,
  metricValue,
  plusMinusFor,
  referenceValue,
} from '../../../state/metrics';

import { screen } from '../../../state/screen';
import { metricText } from '../../parts/quality/metricText';
import { evaluator, useEvaluation, useShownEvaluation } from '../../parts/quality/useEvaluation';
import { useRepair } from '../../parts/quality/useRepair';
import { changeText, flattery, grainText, inputsText, isRandom, sureText } from '../figures';
import { LostClasses } from './LostClasses';
import classes from './Quality.module.css';
import { QualityMenu } from './QualityMenu';

/**
 * `Top-1 agreement, 360 inputs: 97.8 % −2.2 · live`. While it is evaluated, of the first of the inputs: `on 64 of 360`; before that what it
 * was is drawn, and said to nobody: a number here is of the recipe shown.
 */
export function QualityFigure() {
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  const source = useEvaluation((state) => state.source);
  const evaluation = useShownEvaluation();
  const partial = useEvaluation((state) => state.partial);
  const busy = useEvaluation(isBusy);
  const stale = useEvaluation((state) => state.stale) && !partial;
  const shown = partial?.evaluation ?? evaluation;
  const value = shown ? metricValue(shown, metric) : undefined;
  const reference = inputs ? referenceValue(partial?.unpruned ?? inputs.baseline, metric) : undefined;
  const text = value === undefined ? '–' : metricText(metric, value);
  const change = value === undefined ? '' : changeText(metric, value, reference);
  const isTold = shown !== null && shown !== undefined && metrics[metric].fraction && !isRandom(source);
  const sure = isTold ? sureText(metric, plusMinusFor(metric, shown)) : '';
  const ofChange =
    isTold && inputs && metrics[metric].perfect === undefined ? changeOf(metric, shown, inputs.baseline) : undefined;
  const grain = inputs ? grainText(metric, partial?.samples ?? inputs.samples) : '';
  const given = useRepair(({ used }) => used?.given);
  // Where no input reads otherwise there is nothing to be unsure of.
  const isSame = ofChange?.lost === 0 && ofChange.won === 0;
  const changed = [change, isSame ? '' : sureText(metric, ofChange?.plusMinus)].filter((part) => part !== '').join(' ');
  const counted = partial ? `on ${formatInteger(partial.samples)} of ` : '';
  const isFormer = stale && busy;
  return (
    <>
      <div className={classes.label}>
        {metrics[metric].label}
        {inputs &&
          !isRandom(source) &&
          `, ${counted}${inputsText(inputs, source, partial ? undefined : given)}${grain}`}
        {inputs && isRandom(source) && (
          <>
            {', '}
            <button
              type="button"
              className={classes.flattering}
              title={`${flattery} Change inputs…`}
              onClick={() => screen.getState().show('inputs')}
            >
              {counted}
              {inputsText(inputs, source)}: they flatter
            </button>
          </>
        )}
      </div>
      <div className={classes.line}>
        <span className={classes.figure} data-stale={stale}>
          <b>{isFormer ? <Former text={text} /> : text}</b>
          {sure !== '' && (
            <span className={classes.sure} title="95 % of such inputs would read within this of it, in points">
              {isFormer ? <Former text={sure} /> : sure}
            </span>
          )}
          {change !== '' && (
            <span
              className={classes.change}
              data-worse={value !== undefined && reference !== undefined && isBetter(metric, reference, value)}
              data-sure={ofChange === undefined || isSignificant(ofChange)}
              title={ofChange ? changeTitle(ofChange) : 'Against the unpruned model'}
            >
              {isFormer ? <Former text={changed} /> : changed}
            </span>
          )}
        </span>
        <Liveness />
        <QualityMenu />
      </div>
      {shown && inputs && !isFormer && <LostClasses evaluation={shown} inputs={inputs} />}
    </>
  );
}

/** What the change is made of, and whether these inputs can tell it from none. */
function changeTitle(change: Change): string {
  const counts = `${formatInteger(change.lost)} lost, ${formatInteger(change.won)} won`;
  const told = isSignificant(change) ? '' : ' These inputs do not tell it from no change.';
  return `Against the unpruned model, input by input: ${counts}; ± 95 %.${told}`;
}

/** What a figure was, drawn only. */
function Former({ text }: { readonly text: string }) {
  return <span className={classes.former} data-text={text} />;
}

function Liveness() {
  const live = useEvaluation((state) => state.live);
  const stale = useEvaluation((state) => state.stale);
  const isEvaluating = useEvaluation(({ status }) => status.kind === 'evaluating');
  if (isEvaluating) return <Loader size={14} role="img" aria-label="Evaluating" />;
  if (live) return <span className={`${classes.note} ${classes.live}`}>live</span>;
  if (!stale) return null;
  return (
    <>
      <span className={classes.note}>of an earlier recipe</span>
      <Button size="compact-xs" onClick={evaluator().evaluateNow}>
        Evaluate
      </Button>
    </>
  );
}

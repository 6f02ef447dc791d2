/** What auto-tune found, in a sentence or two, and how sure that is. */
import { formatInteger, formatPercent } from '../../lib/numbers';
import { metrics } from '../metrics/metrics';
import type { Baseline, Evaluation } from '../protocol';
import { isBetter, metricValue } from '../quality';
import { isSignificant } from '../significance';
import { changeFrom, changeOf, plusMinusFor } from '../sureness';
import type { Tuned, TuneGoal } from './autoTune';

/** What the verdict is on. */
export interface Judging {
  /** Of all inputs, unpruned. */
  readonly original: Baseline;
  readonly samples: number;
  /** Among all inputs, those that nothing was searched on; absent: there are too few inputs for that. */
  readonly places?: readonly number[] | undefined;
}

/**
 * Better is said only of what is so by the 95 % of its own inputs that nobody searched, compared one by one.
 * @param tuned undefined where nothing meets the goal
 */
export function verdictOn(tuned: Tuned | undefined, goal: TuneGoal, judging: Judging): string {
  const { label, fraction } = metrics[goal.metric];
  if (!tuned) return `Already the unpruned model misses this goal for ${label}.`;
  const { samples, places } = judging;
  const { sparsity } = tuned.best;
  if (goal.kind === 'sparsest' && sparsity === 0) {
    const one = fraction ? `: one is ${pointsText(1 / samples)}` : '';
    return `Nothing can go so surely that the goal still holds: ${formatInteger(samples)} inputs tell no more${one}.`;
  }
  const on = places
    ? `on ${formatInteger(places.length)} inputs that the search did not see`
    : `on the ${formatInteger(samples)} inputs of the search, too few to judge on others`;
  const figure = figureText(goal, tuned.best.evaluation);
  return `At ${formatPercent(sparsity)} sparsity ${on}: ${label} ${figure}${lossText(goal, tuned, judging)}. ${comparison(goal, tuned, judging)}`;
}

/** `80.7 % ±4.5` */
export function figureText({ metric }: Pick<TuneGoal, 'metric'>, evaluation: Evaluation): string {
  const { fraction, text } = metrics[metric];
  const value = metricValue(evaluation, metric);
  if (value === undefined) return '–';
  const around = plusMinusFor(metric, evaluation);
  return around === undefined ? text(value) : `${text(value)} ±${sizeText(around, fraction)}`;
}

/** `, −0.7 ±1.3 points against the unpruned model` */
function lossText({ metric }: TuneGoal, { best }: Tuned, { original, places }: Judging): string {
  if (original[metric] === undefined) return '';
  const change = changeOf(metric, best.evaluation, original, places);
  return change ? `, ${signedText(change.mean, change.plusMinus)} against the unpruned model` : '';
}

function comparison({ metric }: TuneGoal, { best, global }: Tuned, { places }: Judging): string {
  const theirs = figureText({ metric }, global.evaluation);
  const [own, others] = [best, global].map(({ evaluation }) => metricValue(evaluation, metric));
  if (own === others) return `One global magnitude threshold comes to the same.`;
  const change = places && changeFrom(metric, global.evaluation, best.evaluation);
  if (!change) return `One global magnitude threshold has ${theirs}.`;
  const difference = metrics[metric].fraction ? `: ${signedText(change.mean, change.plusMinus)}, input by input` : '';
  if (!isSignificant(change)) {
    return `One global magnitude threshold has ${theirs}${difference}: these inputs do not tell which is better.`;
  }
  const how = isBetter(metric, own ?? Number.NaN, others ?? Number.NaN) ? 'Better' : 'Worse';
  return `${how} than one global magnitude threshold, ${theirs}${difference}.`;
}

/** `−0.7 ±1.3 points` */
function signedText(mean: number, plusMinus: number): string {
  const size = (Math.abs(mean) * 100).toFixed(1);
  const sign = Number(size) === 0 ? '±' : mean > 0 ? '+' : '−';
  return `${sign}${size} ±${(plusMinus * 100).toFixed(1)} points`;
}

function sizeText(size: number, fraction: boolean): string {
  return fraction ? (size * 100).toFixed(1) : size.toPrecision(2);
}

/** `0.33 points` */
function pointsText(share: number): string {
  const points = share * 100;
  return `${Number(points.toPrecision(2))} ${points === 1 ? 'point' : 'points'}`;
}

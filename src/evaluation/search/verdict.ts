/** What auto-tune found, in one sentence. */
import { formatPercent } from '../../lib/numbers';
import { type MetricId, metrics } from '../metrics/metrics';
import { isBetter, metricValue } from '../quality';
import type { Tuned } from './autoTune';
import type { Trial } from './bench';

/** What was found, and whether it beats one global threshold. @param tuned undefined where nothing meets the goal */
export function verdictOn(tuned: Tuned | undefined, metric: MetricId): string {
  const { label, fraction } = metrics[metric];
  if (!tuned) return `Already the unpruned model misses this goal for ${label}.`;
  const figureOf = ({ evaluation }: Trial) => metricValue(evaluation, metric) ?? Number.NaN;
  const [mine, theirs] = [figureOf(tuned.best), figureOf(tuned.global)];
  const text = (value: number) => (fraction ? formatPercent(value) : value.toPrecision(3));
  const at = `At ${formatPercent(tuned.best.sparsity)} sparsity: ${label} ${text(mine)}`;
  if (mine === theirs) return `${at}, the same as one global magnitude threshold.`;
  const how = isBetter(metric, mine, theirs) ? 'better' : 'worse';
  return `${at}, ${how} than one global magnitude threshold (${text(theirs)}).`;
}

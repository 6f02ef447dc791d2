import type { Evaluation } from '../../../state/evaluation';
import type { EvaluationState } from '../../../state/evaluationState';
import { metrics, metricValue } from '../../../state/metrics';
import { metricText } from '../../parts/quality/metricText';
import { classesInWords } from '../figures';
import { lostClasses } from '../lostClasses';

/** For screen readers: figures once they rest, and how a search or a start has ended. @param shown as pruned, or repaired */
export function announcementOf(
  { status, evaluation, metric, stale, tuning, inputs }: EvaluationState,
  shown: Evaluation | null,
): string {
  if (status.kind === 'failed') return `Not evaluated: ${status.error.message}`;
  if (status.kind === 'loading') return status.stage;
  if (status.kind === 'searching' || stale || !evaluation || !shown) return '';
  if (tuning?.state === 'finished' && tuning.verdict !== undefined && tuning.tuned?.evaluation === evaluation) {
    return tuning.verdict;
  }
  const value = metricValue(shown, metric);
  if (value === undefined) return '';
  const lost = inputs ? lostClasses(shown, inputs) : [];
  const without = lost.length === 0 ? '' : `, classes lost: ${classesInWords(lost, inputs?.classNames)}`;
  return `${metrics[metric].label} ${metricText(metric, value)}${without}`;
}

import { formatValue } from '../../../lib/numbers';
import type { MetricId } from '../../../state/evaluation';
import { metrics } from '../../../state/metrics';

/** `97.8 %`, `0.9987`, `0.0512`. A broken model's NaN reads `NaN`. */
export function metricText(id: MetricId, value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  return metrics[id].text(value);
}

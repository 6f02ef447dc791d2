/** The table of sensitivity for a spreadsheet. */
import { csvText } from '../../lib/csv';
import type { MetricId } from '../metrics/metrics';
import { metricValue } from '../quality';
import type { Sensitivity } from './sensitivity';

/** One line a cell: layer, weights, sparsity, and the metrics given. */
export function sensitivityCsv(sensitivity: Sensitivity | null, metrics: readonly MetricId[]): string {
  const lines = (sensitivity?.curves ?? []).flatMap(({ name, weights, cells }) =>
    cells.map(({ sparsity, evaluation }) => [
      name,
      weights,
      sparsity,
      ...metrics.map((id) => metricValue(evaluation, id) ?? ''),
    ]),
  );
  return csvText([['layer', 'weights', 'sparsity', ...metrics], ...lines]);
}

/** The table of sensitivity for a spreadsheet. */
import { csvText } from '../../lib/csv';
import { inNetworkOrder, type Ordered } from '../../tensors/layerOrder';
import type { MetricId } from '../metrics/metrics';
import { metricValue } from '../quality';
import type { SensitivityCurve } from './sensitivity';

/** One line a cell: layer, weights, sparsity, and the metrics given. Layers come in network order, where there is one. */
export function sensitivityCsv(
  curves: readonly SensitivityCurve[],
  metrics: readonly MetricId[],
  order: Ordered,
): string {
  const lines = inNetworkOrder(curves, order, ({ tensor }) => tensor).flatMap(({ name, weights, cells }) =>
    cells.map(({ sparsity, evaluation }) => [
      name,
      weights,
      sparsity,
      ...metrics.map((id) => metricValue(evaluation, id) ?? ''),
    ]),
  );
  return csvText([['layer', 'weights', 'sparsity', ...metrics], ...lines]);
}

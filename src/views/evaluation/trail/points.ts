/** The trail as points of a chart. */
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, TrailPoint } from '../../../state/evaluation';
import { isBetter, metrics, metricValue } from '../../../state/metrics';
import type { Shape } from '../../charts/Mark';
import { metricText } from '../../parts/quality/metricText';

export type Origin = TrailPoint['origin'];

/** How each origin is drawn and named. */
export const origins: Readonly<Record<Origin, { readonly shape: Shape; readonly name: string }>> = {
  edit: { shape: 'circle', name: 'by hand' },
  'auto-tune': { shape: 'diamond', name: 'auto-tune' },
  global: { shape: 'triangle', name: 'one global threshold' },
  repaired: { shape: 'square', name: 'repaired' },
};

export interface TrailFigure {
  readonly point: TrailPoint;
  readonly value: number;
}

/** Points that hold the metric, by ascending sparsity. */
export function trailFigures(trail: readonly TrailPoint[], metric: MetricId): TrailFigure[] {
  return trail
    .flatMap((point) => {
      const value = metricValue(point.evaluation, metric);
      return value === undefined ? [] : [{ point, value }];
    })
    .sort((a, b) => a.point.sparsity - b.point.sparsity || a.point.id - b.point.id);
}

/** The best of them: no other is at least as sparse and better. Ascending; quality never rises along it. */
export function frontier(figures: readonly TrailFigure[], metric: MetricId): TrailFigure[] {
  const best: TrailFigure[] = [];
  for (const figure of figures.toReversed()) {
    const last = best.at(-1);
    if (Number.isNaN(figure.value) || (last && !isBetter(metric, figure.value, last.value))) continue;
    if (last?.point.sparsity === figure.point.sparsity) best.pop();
    best.push(figure);
  }
  return best.reverse();
}

/** For those who do not see the chart. */
export function pointLabel({ point, value }: TrailFigure, metric: MetricId): string {
  return (
    `${formatPercent(point.sparsity)} sparsity, ${metrics[metric].label} ${metricText(metric, value)}, ` +
    `${origins[point.origin].name}: return to this recipe`
  );
}

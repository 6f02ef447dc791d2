import { useMemo } from 'react';
import { Line } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import { metrics, referenceValue } from '../../../state/metrics';
import { useStudio } from '../../../state/store';
import { keptLine } from '../../charts/lines';
import type { PlotPoint } from '../../charts/PlotPoints';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { metricText } from '../figures';
import { type MetricFigure, MetricPlot } from '../plot/MetricPlot';
import { frontier, origins, pointLabel, type TrailFigure } from './points';

/** Every evaluated recipe, and a line through the best of them. */
export function TrailPlot({ figures }: { readonly figures: readonly TrailFigure[] }) {
  const metric = useEvaluation((state) => state.metric);
  const reference = useEvaluation((state) => state.inputs && referenceValue(state.inputs.baseline, state.metric));
  // While a handle is dragged the recipe is none of them: this changes when a drag begins, not at each of its frames.
  const current = useStudio(({ recipe }) => figures.findLast(({ point }) => point.recipe === recipe)?.point);
  const drawn = useMemo(() => figures.map(figureOf), [figures]);
  const best = useMemo(() => frontier(figures, metric).map(figureOf), [figures, metric]);
  const points = useMemo(
    () =>
      figures.map(
        (figure): PlotPoint => ({
          key: figure.point.id,
          x: figure.point.sparsity,
          y: figure.value,
          shape: origins[figure.point.origin].shape,
          label: pointLabel(figure, metric),
          tip: (
            <>
              <b>
                {metrics[metric].label} {metricText(metric, figure.value)}
              </b>
              <span>
                {formatPercent(figure.point.sparsity)} sparsity · {origins[figure.point.origin].name}
              </span>
            </>
          ),
          isCurrent: figure.point === current,
          onChoose: () => evaluator().returnTo(figure.point),
        }),
      ),
    [figures, metric, current],
  );
  return (
    <MetricPlot
      metric={metric}
      figures={drawn}
      reference={reference ?? undefined}
      points={points}
      label="Evaluated recipes"
      lines={(drawn) => <Line {...keptLine} data={best.map(drawn)} dataKey="value" strokeWidth={1.5} opacity={0.55} />}
    />
  );
}

function figureOf({ point, value }: TrailFigure): MetricFigure {
  return { sparsity: point.sparsity, value };
}

import { useMemo } from 'react';
import { Line } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import { metrics, plusMinusFor, referenceValue } from '../../../state/metrics';
import { isPrunedAlike, repairInForce } from '../../../state/repairState';
import { useStudio } from '../../../state/store';
import { keptLine, repairedLine } from '../../charts/lines';
import type { PlotPoint } from '../../charts/PlotPoints';
import { metricText } from '../../parts/quality/metricText';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { repairer } from '../../parts/quality/useRepair';
import { sureText } from '../figures';
import { type MetricFigure, MetricPlot } from '../plot/MetricPlot';
import { frontier, origins, pointLabel, type TrailFigure } from './points';

/** Every evaluated recipe, and a line through the best of them. */
export function TrailPlot({ figures }: { readonly figures: readonly TrailFigure[] }) {
  const metric = useEvaluation((state) => state.metric);
  const reference = useEvaluation((state) => state.inputs && referenceValue(state.inputs.baseline, state.metric));
  // While a handle is dragged the recipe is none of them: this changes when a drag begins, not at each of its frames.
  const current = useStudio(({ recipe, settled, resolution, repair }) => {
    if (settled !== resolution) return undefined;
    const isRepaired = repairInForce(repair) !== undefined;
    return figures.findLast(
      ({ point }) => (point.origin === 'repaired') === isRepaired && isPrunedAlike(point.recipe, recipe),
    )?.point;
  });
  const drawn = useMemo(() => figures.map(figureOf), [figures]);
  const [best, repaired] = useMemo(
    () =>
      [false, true].map((isRepaired) => {
        const ofKind = figures.filter(({ point }) => (point.origin === 'repaired') === isRepaired);
        return frontier(ofKind, metric).map(figureOf);
      }),
    [figures, metric],
  );
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
                {metrics[metric].label} {metricText(metric, figure.value)}{' '}
                {sureText(metric, plusMinusFor(metric, figure.point.evaluation))}
              </b>
              <span>
                {formatPercent(figure.point.sparsity)} sparsity · {origins[figure.point.origin].name}
              </span>
            </>
          ),
          isCurrent: figure.point === current,
          onChoose: () => {
            evaluator().returnTo(figure.point);
            if (repairer().repair.isFresh) repairer().setRepaired(figure.point.origin === 'repaired');
          },
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
      lines={(drawn) => (
        <>
          <Line {...keptLine} data={best?.map(drawn) ?? []} dataKey="value" strokeWidth={1.5} opacity={0.55} />
          <Line {...repairedLine} data={repaired?.map(drawn) ?? []} dataKey="value" />
        </>
      )}
    />
  );
}

function figureOf({ point, value }: TrailFigure): MetricFigure {
  return { sparsity: point.sparsity, value };
}

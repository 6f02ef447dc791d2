import { useMemo } from 'react';
import { Line, ReferenceLine } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, Sensitivity, SensitivityCurve } from '../../../state/evaluation';
import { metrics, metricValue } from '../../../state/metrics';
import { Legend, LegendEntry } from '../../charts/Legend';
import { keptLine, otherLine, prunedLine } from '../../charts/lines';
import type { PlotPoint } from '../../charts/PlotPoints';
import { metricText } from '../figures';
import { type LinePoint, type MetricFigure, MetricPlot } from '../plot/MetricPlot';
import { cellLabel, cellSure } from './gridCells';
import { placeSparsity } from './placeSparsity';
import { useLayerSparsities } from './useLayerSparsities';

const gap: LinePoint = { sparsity: 0, value: null };

interface CurvesProps {
  readonly sensitivity: Sensitivity;
  readonly curve: SensitivityCurve;
  readonly metric: MetricId;
  readonly reference: number | undefined;
}

/** The shown layer's curve among all others. */
export function Curves({ sensitivity, curve, metric, reference }: CurvesProps) {
  const now = useLayerSparsities().get(curve.tensor) ?? 0;
  const { label } = metrics[metric];
  const figures = useMemo(() => sensitivity.curves.flatMap((each) => figuresOf(each, metric)), [sensitivity, metric]);
  const points = useMemo(
    () =>
      figuresOf(curve, metric).map(
        ({ sparsity, value }, key): PlotPoint => ({
          key,
          x: sparsity,
          y: value,
          shape: 'circle',
          label: `${cellLabel(curve.name, sparsity, metric, value, false)}: prune this share`,
          tip: (
            <>
              <b>
                {label} {metricText(metric, value)} {cellSure(curve, sparsity, metric)}
              </b>
              <span>with {formatPercent(sparsity)} of this layer alone</span>
            </>
          ),
          isCurrent: false,
          onChoose: () => placeSparsity(curve.tensor, sparsity),
        }),
      ),
    [curve, metric, label],
  );
  /** From the model as it is. */
  const path = (each: SensitivityCurve, drawn: (figure: MetricFigure) => LinePoint) => [
    ...(reference === undefined ? [] : [drawn({ sparsity: 0, value: reference })]),
    ...figuresOf(each, metric).map(drawn),
  ];
  return (
    <>
      <MetricPlot
        metric={metric}
        figures={figures}
        reference={reference}
        size="tall"
        points={points}
        label={`${label} by sparsity of ${curve.name}`}
        lines={(drawn) => (
          <>
            {/* One line with gaps: a line of its own for each of 1,000 layers would take seconds. */}
            <Line
              {...otherLine}
              data={sensitivity.curves.flatMap((each) => [...path(each, drawn), gap])}
              dataKey="value"
            />
            <ReferenceLine x={now} stroke={prunedLine.stroke} strokeWidth={prunedLine.strokeWidth} />
            <Line {...keptLine} data={path(curve, drawn)} dataKey="value" />
          </>
        )}
      />
      <Legend>
        <LegendEntry swatch="kept-line">
          <span>
            <b>{curve.name}</b> pruned alone
          </span>
        </LegendEntry>
        <LegendEntry swatch="other-line">other layers</LegendEntry>
        <LegendEntry swatch="pruned-line">{formatPercent(now)} now</LegendEntry>
        <LegendEntry swatch="dashed-line">as it is</LegendEntry>
      </Legend>
    </>
  );
}

function figuresOf(curve: SensitivityCurve, metric: MetricId): MetricFigure[] {
  return curve.cells.flatMap(({ sparsity, evaluation }) => {
    const value = metricValue(evaluation, metric);
    return value === undefined ? [] : [{ sparsity, value }];
  });
}

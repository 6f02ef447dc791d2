import { useMemo } from 'react';
import { Line, ReferenceLine } from 'recharts';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, Sensitivity, SensitivityCurve } from '../../../state/evaluation';
import { metrics, metricValue } from '../../../state/metrics';
import { Legend, LegendEntry, type Swatch } from '../../charts/Legend';
import { keptLine, otherLine, prunedLine, repairedLine } from '../../charts/lines';
import type { PlotPoint } from '../../charts/PlotPoints';
import { metricText } from '../../parts/quality/metricText';
import { useRepair } from '../../parts/quality/useRepair';
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
  const repair = useRepairedFigures(metric);
  const figures = useMemo(() => sensitivity.curves.flatMap((each) => figuresOf(each, metric)), [sensitivity, metric]);
  const drawnFigures = useMemo(
    () => [...figures, ...repair.map(({ value }) => ({ sparsity: 0, value }))],
    [figures, repair],
  );
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
        figures={drawnFigures}
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
            {repair.map(({ name, stroke, value }) => (
              <ReferenceLine
                key={name}
                y={drawn({ sparsity: 0, value }).value ?? 0}
                stroke={stroke}
                strokeDasharray="2 3"
              />
            ))}
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
        {repair.map(({ name, swatch }) => (
          <LegendEntry key={name} swatch={swatch}>
            {name}
          </LegendEntry>
        ))}
      </Legend>
    </>
  );
}

/** What the whole model comes to by the recipe shown, pruned and repaired: what the curves of layers alone stand beside. */
function useRepairedFigures(metric: MetricId) {
  const figures = useRepair(({ report, isFresh }) => (isFresh ? report?.figures : undefined));
  return useMemo(
    () =>
      [
        { name: 'whole model, pruned', of: figures?.pruned, stroke: prunedLine.stroke, swatch: 'pruned-line' },
        { name: 'whole model, repaired', of: figures?.repaired, stroke: repairedLine.stroke, swatch: 'repaired-line' },
      ].flatMap(({ of, ...line }) => {
        const value = of && metricValue(of, metric);
        return value === undefined ? [] : [{ ...line, value, swatch: line.swatch as Swatch }];
      }),
    [figures, metric],
  );
}

function figuresOf(curve: SensitivityCurve, metric: MetricId): MetricFigure[] {
  return curve.cells.flatMap(({ sparsity, evaluation }) => {
    const value = metricValue(evaluation, metric);
    return value === undefined ? [] : [{ sparsity, value }];
  });
}

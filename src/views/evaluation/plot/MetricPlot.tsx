import { type ReactNode, useMemo, useState } from 'react';
import { ComposedChart, ReferenceLine } from 'recharts';
import type { MetricId } from '../../../state/evaluation';
import { metrics } from '../../../state/metrics';
import { GridLines, SparsityAxis, ValueAxis } from '../../charts/axes';
import { ChartBox } from '../../charts/ChartBox';
import { dashedLine } from '../../charts/lines';
import { type PlotPoint, PlotPoints } from '../../charts/PlotPoints';
import { drawnAt, qualityDomain } from '../../charts/qualityScale';
import { roundTicks } from '../../charts/ticks';
import classes from './MetricPlot.module.css';

/** A figure of the metric where so many weights are zero. */
export interface MetricFigure {
  /** 0 to 1. */
  readonly sparsity: number;
  readonly value: number;
}

/** On a line; without a value the line has a gap. */
export interface LinePoint {
  readonly sparsity: number;
  readonly value: number | null;
}

interface MetricPlotProps {
  readonly metric: MetricId;
  /** Everything that is drawn, for the extent of the vertical axis. */
  readonly figures: readonly MetricFigure[];
  /** What the unpruned model scores: a dashed line. */
  readonly reference: number | undefined;
  readonly size?: 'low' | 'tall';
  /** To be chosen. */
  readonly points: readonly PlotPoint[];
  /** Of their group. */
  readonly label: string;
  /** Recharts' lines over `sparsity` and `value`. @param drawn a figure as a point of a line, which stays on the chart */
  readonly lines: (drawn: (figure: MetricFigure) => LinePoint) => ReactNode;
}

const margin = { top: 8, right: 24, bottom: 0, left: 0 };

/** A metric against sparsity. */
export function MetricPlot({ metric, figures, reference, size = 'low', points, label, lines }: MetricPlotProps) {
  const [over, setOver] = useState<HTMLElement | null>(null);
  const { higherIsBetter, fraction } = metrics[metric];
  const domain = useMemo(
    () =>
      qualityDomain(
        metric,
        figures.map(({ value }) => value),
        reference,
      ),
    [metric, figures, reference],
  );
  const at = (value: number) => drawnAt(value, domain, higherIsBetter);
  return (
    <ChartBox
      size={size}
      title={label}
      rows={() => [['sparsity', metrics[metric].label], ...figures.map(({ sparsity, value }) => [sparsity, value])]}
    >
      {({ width, height }) => (
        <>
          <ComposedChart width={width} height={height} margin={margin} accessibilityLayer={false}>
            <GridLines />
            <SparsityAxis dataKey="sparsity" isNarrow={width < 280} />
            <ValueAxis
              {...domain}
              ticks={roundTicks(domain.low, domain.high, height < 160 ? 2 : 4)}
              inPercent={fraction}
            />
            {reference !== undefined && <ReferenceLine y={at(reference)} {...dashedLine} />}
            {lines(({ sparsity, value }) => ({ sparsity, value: at(value) }))}
            <PlotPoints label={label} points={points.map((point) => ({ ...point, y: at(point.y) }))} over={over} />
          </ComposedChart>
          <div ref={setOver} className={classes.over} />
        </>
      )}
    </ChartBox>
  );
}

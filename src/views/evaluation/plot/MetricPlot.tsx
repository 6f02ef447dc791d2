import { useElementSize } from '@mantine/hooks';
import { type ReactNode, useMemo } from 'react';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId } from '../../../state/evaluation';
import { metrics } from '../../../state/metrics';
import { roundTicks, tickLabels } from '../../charts/ticks';
import classes from './MetricPlot.module.css';
import { type Frame, qualityDomain, xOf, yOf } from './scale';

interface MetricPlotProps {
  readonly metric: MetricId;
  /** Everything that is drawn, for the extent of the vertical axis. */
  readonly values: readonly number[];
  /** What the unpruned model scores: a dashed line. */
  readonly reference: number | undefined;
  readonly size?: 'low' | 'tall';
  /** Drawn as SVG, in pixels of the frame. */
  readonly lines: (frame: Frame) => ReactNode;
  /** Laid over it as HTML. */
  readonly children: (frame: Frame) => ReactNode;
}

const sparsities = [0, 0.25, 0.5, 0.75, 1];

/** Axes of a metric against sparsity. */
export function MetricPlot({ metric, values, reference, size = 'low', lines, children }: MetricPlotProps) {
  const { ref, width, height } = useElementSize();
  const domain = useMemo(() => qualityDomain(metric, values, reference), [metric, values, reference]);
  const frame = useMemo(() => ({ width, height, domain }), [width, height, domain]);
  const shown = width < 220 ? sparsities.filter((share) => share % 0.5 === 0) : sparsities;
  return (
    <div className={classes.frame} data-size={size}>
      <div className={classes.area} ref={ref}>
        {width > 0 && (
          <>
            <ValueAxis metric={metric} frame={frame} />
            <div className={classes.shares} aria-hidden="true">
              {shown.map((share) => (
                <span key={share} style={{ left: xOf(frame, share) }}>
                  {formatPercent(share, 0)}
                </span>
              ))}
            </div>
            <svg className={classes.lines} width={width} height={height} aria-hidden="true">
              {reference !== undefined && (
                <path className={classes.reference} d={`M0 ${yOf(frame, reference, true).toFixed(1)}h${width}`} />
              )}
              {lines(frame)}
            </svg>
            {children(frame)}
          </>
        )}
      </div>
    </div>
  );
}

function ValueAxis({ metric, frame }: { readonly metric: MetricId; readonly frame: Frame }) {
  const { low, high } = frame.domain;
  const ticks = roundTicks(low, high, frame.height < 130 ? 2 : 4);
  // Of shares the labels are percent, which have their own round numbers.
  const labels = metrics[metric].fraction ? tickLabels(ticks.map((tick) => tick * 100)) : tickLabels(ticks);
  return (
    <div className={classes.values} aria-hidden="true">
      {ticks.map((tick, at) => (
        <div key={tick} style={{ top: yOf(frame, tick, true) }}>
          <span>
            {labels[at]}
            {metrics[metric].fraction && ' %'}
          </span>
        </div>
      ))}
    </div>
  );
}

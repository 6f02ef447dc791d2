import { useMemo } from 'react';
import { formatQuantity, formatValue } from '../../../lib/numbers';
import { ChartBox } from '../ChartBox';
import { axisOf, type Values } from './domain';
import { type Overlaid, OverlaidBars } from './OverlaidBars';
import classes from './OverlaidChart.module.css';

interface OverlaidChartProps {
  readonly overlaid: readonly Overlaid[];
  readonly values: Values;
  readonly log: boolean;
  readonly isNormalised: boolean;
  /** For those who do not see it. */
  readonly label: string;
}

/** Pixels of a bar, about. */
const barWidth = 5;
/** Bars for the square root of the weights, at most. */
const barsPerRoot = 5;

/** Histograms over each other on an axis of their own: as far as the widest of them goes, without its few outliers. */
export function OverlaidChart({ overlaid, values, log, isNormalised, label }: OverlaidChartProps) {
  const stretch = useMemo(() => stretchOf(overlaid, values), [overlaid, values]);
  const beyond = overlaid.reduce((sum, { distribution }) => sum + distribution.beyond(stretch.high), 0);
  return (
    <div className={classes.frame}>
      <ChartBox title="Histograms over each other">
        {({ width, height }) => {
          const axis = axisOf(values, stretch.low, stretch.high, width);
          const most = Math.max(...overlaid.map(({ distribution }) => distribution.count));
          const half = Math.max(5, Math.round(Math.min(width / barWidth, barsPerRoot * Math.sqrt(most)) / 2));
          return (
            <div role="img" aria-label={label} style={{ height: '100%' }}>
              <OverlaidBars
                overlaid={overlaid}
                values={values}
                axis={axis}
                bars={values === 'signed' ? 2 * half + 1 : 2 * half}
                height={height}
                log={log}
                isNormalised={isNormalised}
              />
            </div>
          );
        }}
      </ChartBox>
      {beyond > 0 && values !== 'log' && (
        <span className={classes.beyond}>
          {formatQuantity(beyond, 'weight')} beyond ±{formatValue(stretch.high)}
        </span>
      )}
    </div>
  );
}

function stretchOf(overlaid: readonly Overlaid[], values: Values) {
  if (values === 'log') {
    const all = overlaid.map(({ distribution }) => distribution.stretch('log'));
    return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
  }
  const high = Math.max(...overlaid.map(({ distribution }) => distribution.centralRadius));
  return { low: values === 'signed' ? -high : 0, high };
}

/** What stands left of a histogram and below it. */
import { formatCount, formatValue } from '../../../lib/numbers';
import { countTicks, magnitudeTicks, roundTicks, tickLabels } from '../ticks';
import { type CountScale, heightOf } from './bars';
import { type Axis, pixelOf } from './domain';
import classes from './HistogramAxes.module.css';

/** Pixels between two ticks at least. */
const tickSpacing = 84;

interface CountAxisProps {
  readonly scale: CountScale;
  /** In pixels. */
  readonly height: number;
  /** Absent: as counts. */
  label?(count: number): string;
}

export function CountAxis({ scale, height, label = formatCount }: CountAxisProps) {
  return (
    <div className={classes.counts} aria-hidden="true">
      {countTicks(scale.highest, scale.log).map((tick) => (
        <div key={tick} style={{ top: height * (1 - heightOf(tick, scale)) }}>
          <span>{label(tick)}</span>
        </div>
      ))}
    </div>
  );
}

export function WeightAxis({ axis }: { readonly axis: Axis }) {
  const room = Math.max(2, axis.width / tickSpacing);
  const ticks = axis.isLog ? magnitudeTicks(axis.low, axis.high, room) : roundTicks(axis.low, axis.high, room);
  const labels = axis.isLog ? ticks.map((tick) => formatValue(tick, 1)) : tickLabels(ticks);
  return (
    <div className={classes.weights} aria-hidden="true" data-testid="weight-axis">
      {ticks.map((tick, i) => (
        <div key={tick} style={{ left: pixelOf(axis, tick) }}>
          <span>{labels[i]}</span>
        </div>
      ))}
    </div>
  );
}

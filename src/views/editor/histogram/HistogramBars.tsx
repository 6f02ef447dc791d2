import { memo } from 'react';
import { at } from '../../../lib/known';
import { formatCount, formatQuantity } from '../../../lib/numbers';
import { countTicks, roundTicks, tickLabels } from '../../charts/ticks';
import { type Bins, barsPath, type CountScale, heightOf, highestCount, levelledCounts } from './bars';
import { type Axis, pixelOf } from './domain';
import classes from './HistogramBars.module.css';

interface HistogramBarsProps {
  readonly bins: Bins;
  readonly axis: Axis;
  /** In pixels, without the axis below. */
  readonly height: number;
  readonly log: boolean;
  /** Weights that are exactly zero. */
  readonly zeros: number;
}

/** Pixels between two ticks at least. */
const tickSpacing = 76;

/**
 * The histogram and its axes. The bars are drawn twice, kept and pruned, and a clip that follows CSS variables shows
 * each where it belongs: nothing here is drawn again while the handle moves.
 */
export const HistogramBars = memo(function HistogramBars({ bins, axis, height, log, zeros }: HistogramBarsProps) {
  const levelled = levelledCounts(bins);
  const zeroBin = zeroBinOf(bins);
  const { highest, cut } = highestCount(levelled, zeroBin);
  const scale: CountScale = { log, highest };
  const path = barsPath(bins, levelled, scale, (weight) => pixelOf(axis, weight), height);
  return (
    <>
      <CountAxis scale={scale} height={height} />
      <svg className={classes.kept} width={axis.width} height={height} aria-hidden="true" data-testid="bars">
        <path d={path} />
      </svg>
      <PrunedBars className={classes.partly} path={path} width={axis.width} height={height} />
      <PrunedBars className={classes.pruned} path={path} width={axis.width} height={height} />
      {zeros > 0 && <ZeroMark zeros={zeros} axis={axis} cut={cut} />}
      <WeightAxis axis={axis} />
    </>
  );
});

/** The last one that starts at or below zero: an edge at zero puts zeros to its right. */
function zeroBinOf({ edges, counts }: Bins): number {
  for (let i = counts.length - 1; i >= 0; i--) if (at(edges, i) <= 0 && at(edges, i + 1) >= 0) return i;
  return -1;
}

function PrunedBars(props: {
  readonly className: string | undefined;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}) {
  return (
    <div className={props.className}>
      <svg width={props.width} height={props.height} aria-hidden="true">
        <path d={props.path} />
      </svg>
    </div>
  );
}

/** How many exact zeros there are; where their bar would flatten the others it is cut, and says so. */
function ZeroMark(props: { readonly zeros: number; readonly axis: Axis; readonly cut: boolean }) {
  const x = pixelOf(props.axis, 0);
  return (
    <div className={classes.zeros} style={{ left: x }}>
      <span data-at-edge={x === 0}>
        {formatQuantity(props.zeros, 'exact zero')}
        {props.cut && ' (bar cut)'}
      </span>
    </div>
  );
}

function CountAxis({ scale, height }: { readonly scale: CountScale; readonly height: number }) {
  return (
    <div className={classes.counts} aria-hidden="true">
      {countTicks(scale.highest, scale.log).map((tick) => (
        <div key={tick} style={{ top: height * (1 - heightOf(tick, scale)) }}>
          <span>{formatCount(tick)}</span>
        </div>
      ))}
    </div>
  );
}

function WeightAxis({ axis }: { readonly axis: Axis }) {
  const ticks = roundTicks(axis.low, axis.high, Math.max(2, axis.width / tickSpacing));
  const labels = tickLabels(ticks);
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

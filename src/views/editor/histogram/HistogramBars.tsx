import { memo } from 'react';
import { at } from '../../../lib/known';
import {
  type Bins,
  barsPath,
  type CountScale,
  goneCounts,
  highestCount,
  levelledCounts,
  zeroBinOf,
} from '../../charts/histogram/bars';
import { type Axis, pixelOf } from '../../charts/histogram/domain';
import { CountAxis, WeightAxis } from '../../charts/histogram/HistogramAxes';
import classes from './HistogramBars.module.css';

interface HistogramBarsProps {
  readonly bins: Bins;
  readonly axis: Axis;
  /** In pixels, without the axis below. */
  readonly height: number;
  readonly log: boolean;
  /** The same bins, of what stays: where a pattern says what goes, and no threshold. */
  readonly left?: ArrayLike<number>;
}

/**
 * The histogram and its axes. The bars are drawn twice, kept and pruned, and a clip that follows CSS variables shows
 * each where it belongs: nothing here is drawn again while the handle moves.
 */
export const HistogramBars = memo(function HistogramBars({ bins, axis, height, log, left }: HistogramBarsProps) {
  const xOf = (weight: number) => pixelOf(axis, weight);
  const levelled = levelledCounts(bins, xOf);
  const zeroBin = zeroBinOf(bins);
  const { highest, cut } = highestCount(levelled, zeroBin);
  const scale: CountScale = { log, highest };
  const path = barsPath(bins, levelled, scale, xOf, height);
  const size = { width: axis.width, height };
  return (
    <>
      <CountAxis scale={scale} height={height} />
      <svg className={classes.kept} {...size} aria-hidden="true" data-testid="bars">
        <path d={path} />
      </svg>
      {left ? (
        <svg className={classes.gone} {...size} aria-hidden="true" data-testid="pruned-bars">
          <path d={barsPath(bins, goneCounts(bins, left, levelled), scale, xOf, height)} />
        </svg>
      ) : (
        <>
          <PrunedBars className={classes.partly} path={path} {...size} />
          <PrunedBars className={classes.pruned} path={path} {...size} />
        </>
      )}
      {cut && <BarBreak from={xOf(at(bins.edges, zeroBin))} to={xOf(at(bins.edges, zeroBin + 1))} {...size} />}
      <WeightAxis axis={axis} />
    </>
  );
});

/** The bar of the zeros goes on far above: it would flatten all others. */
function BarBreak({
  from,
  to,
  ...size
}: {
  readonly from: number;
  readonly to: number;
  width: number;
  height: number;
}) {
  return (
    <svg className={classes.break} {...size} aria-hidden="true">
      <path d={`M${from - 3} 14L${to + 3} 8M${from - 3} 20L${to + 3} 14`} />
    </svg>
  );
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

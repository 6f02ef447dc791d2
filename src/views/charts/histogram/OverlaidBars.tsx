import { memo, useMemo } from 'react';
import { at } from '../../../lib/known';
import { formatPercent } from '../../../lib/numbers';
import { type Bins, barsPath, type CountScale, heightOf, highestCount, levelledCounts, zeroBinOf } from './bars';
import type { Distribution } from './distribution';
import { type Axis, pixelOf, type Values } from './domain';
import { CountAxis, WeightAxis } from './HistogramAxes';
import classes from './OverlaidBars.module.css';

/** One of the distributions that are laid over each other. */
export interface Overlaid {
  readonly name: string;
  readonly distribution: Distribution;
}

/** As many colours and lines as can be told apart. */
export const mostOverlaid = 6;

interface OverlaidBarsProps {
  readonly overlaid: readonly Overlaid[];
  readonly values: Values;
  readonly axis: Axis;
  /** About so many. */
  readonly bars: number;
  /** In pixels, without the axis below. */
  readonly height: number;
  readonly log: boolean;
  /** Each to its own count: shapes can be compared, whatever the sizes are. */
  readonly isNormalised: boolean;
}

/** Outlines over one axis, in the colours of `OverlaidLegend`. */
export const OverlaidBars = memo(function OverlaidBars(props: OverlaidBarsProps) {
  const { overlaid, values, axis, bars, height, log, isNormalised } = props;
  const drawn = useMemo(
    () => overlaid.map(({ distribution }) => drawnOf(distribution, values, axis, bars)),
    [overlaid, values, axis, bars],
  );
  const most = Math.max(1, ...overlaid.map(({ distribution }) => finiteOf(distribution)));
  // To the size of the largest, so that heights are counts on a logarithmic axis, too.
  const factors = overlaid.map(({ distribution }) => (isNormalised ? most / Math.max(1, finiteOf(distribution)) : 1));
  const scaled = drawn.map(({ levelled }, i) => levelled.map((count) => count * at(factors, i)));
  const highest = Math.max(...scaled.map((counts, i) => highestCount(counts, at(drawn, i).zeroBin).highest));
  const scale: CountScale = { log, highest };
  return (
    <>
      <CountAxis
        scale={scale}
        height={height}
        {...(isNormalised && { label: (count: number) => formatPercent(count / most, count / most < 0.001 ? 3 : 1) })}
      />
      <svg className={classes.outlines} width={axis.width} height={height} aria-hidden="true" data-testid="overlaid">
        {drawn.map(({ bins }, i) => (
          <g key={at(overlaid, i).name} data-series={i}>
            <path
              data-part="area"
              d={barsPath(bins, at(scaled, i), scale, (weight) => pixelOf(axis, weight), height)}
            />
            <path data-part="line" d={outline(bins, at(scaled, i), scale, axis, height)} />
          </g>
        ))}
      </svg>
      <WeightAxis axis={axis} />
    </>
  );
});

interface LegendProps {
  readonly overlaid: readonly Overlaid[];
  /** Of each, what else there is to say: its zeros. */
  about?(distribution: Distribution): string;
}

/** Which colour is whose. */
export function OverlaidLegend({ overlaid, about }: LegendProps) {
  return (
    <ul className={classes.legend} aria-label="Colours">
      {overlaid.map(({ name, distribution }, i) => (
        <li key={name}>
          <i data-series={i} aria-hidden="true" />
          <bdi title={name}>{name}</bdi>
          {about && <span>{about(distribution)}</span>}
        </li>
      ))}
    </ul>
  );
}

function drawnOf(distribution: Distribution, values: Values, axis: Axis, bars: number) {
  const bins = distribution.bins(values, axis, bars);
  return { bins, zeroBin: zeroBinOf(bins), levelled: levelledCounts(bins, (weight) => pixelOf(axis, weight)) };
}

function finiteOf({ count, nan, inf }: Distribution): number {
  return count - nan - inf;
}

/** The upper edge of the bars, gone around once. */
function outline(bins: Bins, levelled: ArrayLike<number>, scale: CountScale, axis: Axis, height: number): string {
  let path = '';
  for (let i = 0; i < levelled.length; i++) {
    const left = Math.max(-1, pixelOf(axis, at(bins.edges, i))).toFixed(1);
    const top = (height * (1 - heightOf(at(levelled, i), scale))).toFixed(1);
    path += `${i === 0 ? `M${left} ${height}` : `H${left}`}V${top}`;
  }
  return levelled.length === 0 ? '' : `${path}H${pixelOf(axis, at(bins.edges, levelled.length)).toFixed(1)}V${height}`;
}

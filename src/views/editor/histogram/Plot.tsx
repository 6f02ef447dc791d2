import { useElementSize } from '@mantine/hooks';
import { type RefObject, useMemo } from 'react';
import { last } from '../../../lib/known';
import type { Placeable } from '../../parts/scores/shownScores';
import { handleTrack } from '../threshold/handleTrack';
import { Track } from '../threshold/Track';
import type { Distribution } from './distribution';
import { axisOf, type Values } from './domain';
import { HistogramBars } from './HistogramBars';
import classes from './Plot.module.css';

interface PlotProps {
  readonly distribution: Distribution;
  readonly values: Values;
  readonly log: boolean;
  /** Largest magnitude on the axis. */
  readonly radius: number;
  /** Absent: there is no threshold to place here, and no handle. */
  readonly placeable: Placeable | undefined;
  readonly thresholdField: RefObject<HTMLInputElement | null>;
}

/** Pixels of a bar, about. */
const barWidth = 5;
/** Bars for the square root of the scores, at most: a few dozen norms are no comb. */
const barsPerRoot = 5;

/** The histogram with the handle on it. */
export function Plot({ distribution, values, log, radius, placeable, thresholdField }: PlotProps) {
  const { ref, width, height } = useElementSize();
  const bins = useMemo(
    () => distribution.bins(values, radius, barCount(width, values, distribution.count)),
    [distribution, values, radius, width],
  );
  // The outer edges lie on fine bins, as all do: at the radius or just beyond.
  const axis = useMemo(() => axisOf(values, last(bins.edges), width), [values, bins, width]);
  const track = useMemo(
    () => (placeable === undefined || width === 0 ? undefined : handleTrack(axis, placeable, distribution)),
    [axis, placeable, distribution, width],
  );
  const bars = <HistogramBars bins={bins} axis={axis} height={height} log={log} zeros={distribution.zeros} />;
  return (
    <div className={classes.frame}>
      <div className={classes.area} ref={ref}>
        {width > 0 &&
          (track ? (
            <Track track={track} thresholdField={thresholdField}>
              {bars}
            </Track>
          ) : (
            bars
          ))}
      </div>
    </div>
  );
}

/** Odd where there are two sides, so that one bar stands on zero. */
function barCount(width: number, values: Values, scores: number): number {
  const fitting = Math.min(width / barWidth, barsPerRoot * Math.sqrt(scores));
  const half = Math.max(5, Math.round(fitting / 2));
  return values === 'signed' ? 2 * half + 1 : 2 * half;
}

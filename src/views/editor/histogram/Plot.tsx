import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type RefObject, useMemo, useRef } from 'react';
import type { CsvCell } from '../../../lib/csv';
import { at } from '../../../lib/known';
import { studio } from '../../../state/store';
import type { Bins } from '../../charts/histogram/bars';
import type { Distribution } from '../../charts/histogram/distribution';
import { shareOn, type Values } from '../../charts/histogram/domain';
import { type Overlaid, OverlaidBars } from '../../charts/histogram/OverlaidBars';
import { TakeMenu } from '../../charts/take/TakeMenu';
import type { Placeable } from '../../parts/scores/shownScores';
import { handleTrack } from '../threshold/handleTrack';
import { Track } from '../threshold/Track';
import { AxisGrip } from './AxisGrip';
import { revealing } from './axisView';
import { HistogramBars } from './HistogramBars';
import classes from './Plot.module.css';
import { useAxisGestures } from './useAxisGestures';
import { axisShown, type ShownAxis, zoomAxis, zoomStep } from './useAxisView';

interface PlotProps {
  readonly distribution: Distribution;
  /** What files of it are called; absent: it is none of its own. */
  readonly title?: string;
  /** What stays of it, where a pattern says what goes. */
  readonly left?: Distribution | undefined;
  readonly shown: ShownAxis;
  readonly log: boolean;
  /** Layers one by one, over each other in the place of their sum. */
  readonly overlaid?: { readonly each: readonly Overlaid[]; readonly isNormalised: boolean } | undefined;
  /** Absent: there is no threshold to place here, and no handle. */
  readonly placeable: Placeable | undefined;
  readonly thresholdField: RefObject<HTMLInputElement | null>;
}

/** Pixels of a bar, about. */
const barWidth = 5;
/** Bars for the square root of the scores, at most: a few dozen norms are no comb. */
const barsPerRoot = 5;

const zoomKeys: Readonly<Record<string, number>> = { '+': zoomStep, '=': zoomStep, '-': 1 / zoomStep, '0': 0 };

/** The histogram with the handle on it. */
export function Plot(props: PlotProps) {
  const { distribution, title, left, shown, log, overlaid, placeable, thresholdField } = props;
  const { ref: measure, width, height } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const { values, stretch, view, set } = shown;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest of what is shown is how it changes
  const axis = useMemo(() => axisShown(shown, width), [values, stretch, view, width]);
  const bars = barCount(width, values, distribution.countOn(values, axis));
  const bins = useMemo(() => distribution.bins(values, axis, bars), [distribution, values, axis, bars]);
  const leftBins = useMemo(() => left?.bins(values, axis, bars), [left, values, axis, bars]);
  const track = useMemo(
    () => (placeable === undefined || width === 0 ? undefined : handleTrack(axis, placeable, distribution)),
    [axis, placeable, distribution, width],
  );
  useAxisGestures(frame, shown);

  const press = (event: KeyboardEvent) => {
    const factor = zoomKeys[event.key];
    if (factor === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    zoomAxis(shown, factor, track?.threshold(studio.getState()));
  };
  const reveal = () => {
    if (track) set((before) => revealing(before, shareOn(stretch, track.threshold(studio.getState()))));
  };
  const drawn = overlaid ? (
    <OverlaidBars
      overlaid={overlaid.each}
      values={values}
      axis={axis}
      bars={bars}
      height={height}
      log={log}
      isNormalised={overlaid.isNormalised}
    />
  ) : (
    <HistogramBars bins={bins} axis={axis} height={height} log={log} {...leftOf(leftBins?.counts)} />
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the handle, which has the focus
    <div ref={frame} className={classes.frame} data-handle={track !== undefined} onKeyDown={press}>
      <div className={classes.area} ref={measure}>
        {width > 0 &&
          (track ? (
            <Track track={track} thresholdField={thresholdField} onReveal={reveal}>
              {drawn}
            </Track>
          ) : (
            drawn
          ))}
        <AxisGrip shown={shown} width={width} />
        {title !== undefined && (
          <TakeMenu title={title} rows={() => binRows(bins, leftBins?.counts)} picture={() => frame.current} floats />
        )}
      </div>
    </div>
  );
}

function binRows({ edges, counts }: Bins, left: Float64Array | undefined): CsvCell[][] {
  const rows = Array.from(counts, (count, i) => [
    at(edges, i),
    at(edges, i + 1),
    count,
    ...(left ? [at(left, i)] : []),
  ]);
  return [['from', 'to', 'count', ...(left ? ['stays'] : [])], ...rows];
}

function leftOf(counts: Float64Array | undefined) {
  return counts && { left: counts };
}

/** Odd where there are two sides, so that one bar stands on zero. */
function barCount(width: number, values: Values, scores: number): number {
  const fitting = Math.min(width / barWidth, barsPerRoot * Math.sqrt(Math.max(1, scores)));
  const half = Math.max(5, Math.round(fitting / 2));
  return values === 'signed' ? 2 * half + 1 : 2 * half;
}

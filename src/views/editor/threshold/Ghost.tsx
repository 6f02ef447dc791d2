import { formatPercent, formatValue } from '../../../lib/numbers';
import classes from './Ghost.module.css';
import type { HandleTrack } from './handleTrack';
import { Lane } from './Lane';

/** Where a click would bring the handle, and what it would do. */
export function Ghost({
  x,
  threshold,
  track,
}: {
  readonly x: number;
  readonly threshold: number;
  readonly track: HandleTrack;
}) {
  return (
    <>
      <div
        className={classes.ghost}
        style={{ transform: `translateX(${x}px)` }}
        aria-hidden="true"
        data-testid="ghost"
      />
      <Lane x={`${x}px`}>
        {formatValue(threshold)} would prune {formatPercent(track.distribution.prunedShare(track.ranking, threshold))}
        {track.words.isOfGroups && ` of the ${track.words.plural}`}
      </Lane>
    </>
  );
}

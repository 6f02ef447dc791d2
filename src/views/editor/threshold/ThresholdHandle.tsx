import { type KeyboardEvent, type Ref, useLayoutEffect, useRef } from 'react';
import { formatInteger, formatPercent, formatValue } from '../../../lib/numbers';
import { studio, useStudio } from '../../../state/store';
import { pixelOf, reachablePixelOf } from '../../charts/histogram/domain';
import { type ScopeFigures, shareOf } from '../../parts/scores/scopeFigures';
import type { HandleTrack } from './handleTrack';
import { targetOf } from './keys';
import { Lane } from './Lane';
import classes from './ThresholdHandle.module.css';
import type { Gesture } from './useGesture';

interface ThresholdHandleProps {
  readonly track: HandleTrack;
  readonly gesture: Gesture;
  /** Carries the CSS variables that place the handle and the pruned bars. */
  readonly plot: HTMLElement | null;
  readonly ref: Ref<HTMLDivElement>;
  /** Something else is said above the plot. */
  readonly isQuiet: boolean;
  readonly isDragging: () => boolean;
  readonly onBail: () => void;
  /** After a key took the handle somewhere. */
  readonly onReveal: () => void;
  /** Enter: to the field where the threshold can be typed. */
  readonly onEnter: () => void;
}

/** The line to drag, its mirror image and its figures: all that is drawn again in every frame of a drag. */
export function ThresholdHandle({ track, gesture, plot, ref, ...props }: ThresholdHandleProps) {
  const resolution = useStudio((state) => state.resolution);
  const state = { ...studio.getState(), resolution };
  const figures = track.figures(state);
  const threshold = track.threshold(state);
  const heldKey = useRef<string | null>(null);

  useLayoutEffect(() => {
    if (plot) place(plot, track, figures, threshold);
  });

  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && gesture.isActive()) {
      event.preventDefault();
      heldKey.current = null;
      props.onBail();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      props.onEnter();
    } else if (!props.isDragging() && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const goneNow = () => track.place(track.figures(studio.getState())).gone;
      const target = targetOf(event, track.place(track.figures(studio.getState())));
      if (target === undefined) return;
      event.preventDefault();
      heldKey.current = event.key;
      gesture.begin();
      if (target === 'floor' || target === 'ceiling') gesture.moveTo(track[target]);
      else {
        const before = goneNow();
        for (const share of target) {
          gesture.moveToShare(share);
          if (goneNow() !== before) break;
        }
      }
      props.onReveal();
    }
  };
  // A key that is held down repeats, and is one undo.
  const release = () => {
    if (heldKey.current === null) return;
    heldKey.current = null;
    // A drag that began meanwhile goes on.
    if (!props.isDragging()) gesture.commit();
  };

  const mirror = pixelOf(track.axis, -threshold);
  return (
    <>
      {track.ranking === 'magnitude' && threshold > 0 && mirror >= 0 && mirror <= track.axis.width && (
        <div className={classes.mirror} />
      )}
      <div
        ref={ref}
        className={classes.handle}
        data-beyond={beyondOf(pixelOf(track.axis, threshold), track.axis.width)}
        role="slider"
        tabIndex={0}
        aria-label="Threshold"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(shareOf(figures) * 10_000) / 100}
        aria-valuetext={valueText(track, figures, threshold)}
        onKeyDown={press}
        onKeyUp={({ key }) => key === heldKey.current && release()}
        onBlur={release}
      >
        <div className={classes.line} />
        <div className={classes.grip} />
      </div>
      {!props.isQuiet && (
        <Lane x="var(--threshold-x, 0px)">
          <b>{relation(track, figures, threshold)}</b>
          {figures.threshold.kind === 'none' ? (
            ' · drag the handle to prune'
          ) : (
            <>
              {' · '}
              {!figures.exact && '≈ '}
              {formatPercent(shareOf(figures))} · {goneText(track, figures)} go
            </>
          )}
        </Lane>
      )}
    </>
  );
}

/** Which way a handle is that stands at the edge because its threshold is out of sight; half a pixel is none. */
function beyondOf(x: number, width: number): 'left' | 'right' | undefined {
  if (x < -0.5) return 'left';
  return x > width + 0.5 ? 'right' : undefined;
}

function relation({ words }: HandleTrack, { threshold: { kind } }: ScopeFigures, threshold: number): string {
  if (kind === 'none') return 'nothing pruned';
  if (kind === 'mixed') return 'several thresholds';
  return `${words.symbol} ≤ ${formatValue(threshold)}`;
}

function goneText({ words }: HandleTrack, { groups, zeros }: ScopeFigures): string {
  return groups ? `${formatInteger(groups.gone)} ${words.nounFor(groups.gone)}` : formatInteger(zeros);
}

function valueText({ words }: HandleTrack, figures: ScopeFigures, threshold: number): string {
  const { groups, weights } = figures;
  const value = figures.threshold.kind === 'mixed' ? 'several thresholds' : `threshold ${formatValue(threshold)}`;
  const share = formatPercent(shareOf(figures)).replace(' %', ' percent');
  const all = groups?.total ?? weights;
  return `${value}, ${share} of ${formatInteger(all)} ${words.nounFor(all)} pruned`;
}

/** Where the handle is, and where the pruned bars begin and end: certainly so, and in some of the layers. */
function place(plot: HTMLElement, track: HandleTrack, { threshold }: ScopeFigures, handle: number): void {
  const low = threshold.kind === 'mixed' ? threshold.low : handle;
  const high = threshold.kind === 'mixed' ? threshold.high : handle;
  const from = (value: number) => (track.ranking === 'signed' ? 0 : pixelOf(track.axis, -value));
  const pixels = {
    '--threshold-x': reachablePixelOf(track.axis, handle),
    '--mirror-x': pixelOf(track.axis, -handle),
    '--low-x': pixelOf(track.axis, low),
    '--low-mirror-x': from(low),
    '--high-x': pixelOf(track.axis, high),
    '--high-mirror-x': from(high),
  };
  for (const [name, value] of Object.entries(pixels)) plot.style.setProperty(name, `${value.toFixed(1)}px`);
}

import { type PointerEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { screen } from '../../../state/screen';
import { studio } from '../../../state/store';
import { clampToAxis, reachablePixelOf, weightAt } from '../../charts/histogram/domain';
import { Ghost } from './Ghost';
import type { HandleTrack } from './handleTrack';
import { SnapScale } from './SnapScale';
import { ThresholdHandle } from './ThresholdHandle';
import classes from './Track.module.css';
import { useGesture } from './useGesture';
import { hitRadius, useThresholdDrag } from './useThresholdDrag';

interface TrackProps {
  readonly track: HandleTrack;
  readonly thresholdField: RefObject<HTMLInputElement | null>;
  /** After a key: the handle may have gone out of sight. */
  readonly onReveal: () => void;
  /** The bars, which CSS variables of this element clip; not rendered again while the handle moves. */
  readonly children: ReactNode;
}

/** The plot as something to press and drag on. */
export function Track({ track, thresholdField, onReveal, children }: TrackProps) {
  const [plot, setPlot] = useState<HTMLDivElement | null>(null);
  const handle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    screen.setState({ focusThreshold: () => handle.current?.focus() });
    return () => screen.setState({ focusThreshold: () => {} });
  }, []);
  const gesture = useGesture();
  const drag = useThresholdDrag(track, gesture, () => handle.current?.focus({ preventScroll: true }));
  /** Where the mouse is, in pixels from the left; null away from the plot, on the handle and during a drag. */
  const [hover, setHover] = useState<number | null>(null);

  const watch = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType === 'touch' || drag.isDragging()) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const onHandle = Math.abs(x - reachablePixelOf(track.axis, track.threshold(studio.getState()))) <= hitRadius;
    setHover(onHandle || x < 0 || x > track.axis.width ? null : x);
  };

  return (
    <div
      ref={setPlot}
      className={classes.track}
      {...drag.handlers}
      onPointerDown={(event) => {
        setHover(null);
        drag.handlers.onPointerDown(event);
      }}
      onPointerMove={(event) => {
        drag.handlers.onPointerMove(event);
        watch(event);
      }}
      onPointerLeave={() => setHover(null)}
    >
      {children}
      <SnapScale points={track.snapPoints} words={track.words} axisWidth={track.axis.width} />
      {hover !== null && <Ghost x={hover} threshold={thresholdAt(track, hover)} track={track} />}
      <ThresholdHandle
        ref={handle}
        track={track}
        gesture={gesture}
        plot={plot}
        isQuiet={hover !== null}
        isDragging={drag.isDragging}
        onBail={drag.bail}
        onReveal={onReveal}
        onEnter={() => thresholdField.current?.focus()}
      />
    </div>
  );
}

/** The threshold that a click at a pixel means. */
function thresholdAt(track: HandleTrack, x: number): number {
  const weight = clampToAxis(track.axis, weightAt(track.axis, x));
  return track.snap(track.ranking === 'signed' ? weight : Math.abs(weight));
}

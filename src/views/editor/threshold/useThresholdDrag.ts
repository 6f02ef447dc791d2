import { type MouseEvent, type PointerEvent, useEffect, useRef } from 'react';
import { studio } from '../../../state/store';
import { pixelOf, reachablePixelOf } from '../../charts/histogram/domain';
import type { HandleTrack } from './handleTrack';
import { type Holding, heldThreshold, hold, move } from './holding';
import type { Gesture } from './useGesture';

/** Half of the handle's hit area, in pixels. */
export const hitRadius = 15;

interface Drag {
  holding: Holding;
  /** Not drawn to round sparsities: with Alt, and with Shift, which is for what lies between them. */
  free: boolean;
  frame: number;
}

/**
 * Pointer handlers of the plot: a press on the handle or its mirror image takes hold of it, a press elsewhere brings it
 * there. At most one threshold a frame; the last one is the one that is committed.
 *
 * @param focusHandle called before anything changes, so that a field that is being typed in settles first
 */
export function useThresholdDrag(track: HandleTrack, gesture: Gesture, focusHandle: () => void) {
  const drag = useRef<Drag | null>(null);
  /** Whether the last presses were on the handle, for the double click. */
  const presses = useRef<[boolean, boolean]>([false, false]);
  useEffect(() => () => cancelAnimationFrame(drag.current?.frame ?? 0), []);

  const apply = () => {
    const { current } = drag;
    if (!current) return;
    current.frame = 0;
    const threshold = heldThreshold(current.holding);
    gesture.moveTo(current.free ? track.snap(threshold) : track.snapToRound(threshold));
  };

  /** @returns pixels from the pointer to the handle or its mirror image, undefined when neither is under it */
  const gripAt = (x: number): number | undefined => {
    const threshold = track.threshold(studio.getState());
    const handle = reachablePixelOf(track.axis, threshold);
    const ends = track.ranking === 'signed' ? [handle] : [handle, pixelOf(track.axis, -threshold)];
    return ends.map((end) => end - x).find((grip) => Math.abs(grip) <= hitRadius);
  };

  const end = (finish: () => void) => () => {
    const { current } = drag;
    if (!current) return;
    if (current.frame !== 0) {
      cancelAnimationFrame(current.frame);
      apply();
    }
    drag.current = null;
    finish();
  };

  return {
    /** Back to where the drag began; what the pointer does until it is released means nothing. */
    bail: () => {
      cancelAnimationFrame(drag.current?.frame ?? 0);
      drag.current = null;
      gesture.bail();
    },
    isDragging: () => drag.current !== null,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0 || !event.isPrimary) return;
        focusHandle();
        const { left } = event.currentTarget.getBoundingClientRect();
        const grip = gripAt(event.clientX - left);
        presses.current = [presses.current[1], grip !== undefined];
        event.currentTarget.setPointerCapture(event.pointerId);
        const holding = hold(track.axis, track.ranking, left, event.clientX, grip ?? 0);
        drag.current = { holding, free: event.altKey || event.shiftKey, frame: 0 };
        gesture.begin();
        // To the pixel that was pressed, as was said beside the pointer.
        if (grip === undefined) gesture.moveTo(track.snap(heldThreshold(holding)));
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const { current } = drag;
        if (!current || event.clientX === current.holding.pointer) return;
        current.holding = move(current.holding, event.clientX, event.shiftKey);
        current.free = event.altKey || event.shiftKey;
        current.frame ||= requestAnimationFrame(apply);
      },
      onPointerUp: end(gesture.commit),
      onLostPointerCapture: end(gesture.commit),
      onPointerCancel: end(gesture.bail),
      onDoubleClick: () => {
        if (presses.current.every(Boolean)) studio.getState().resetScope();
      },
      // The handle keeps the focus that the press gave it.
      onMouseDown: (event: MouseEvent) => event.preventDefault(),
    },
  };
}

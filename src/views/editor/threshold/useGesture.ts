import { useEffect, useMemo } from 'react';
import { studio } from '../../../state/store';

export interface Gesture {
  readonly isActive: () => boolean;
  begin(): void;
  moveTo(threshold: number): void;
  commit(): void;
  bail(): void;
}

/** One gesture of the studio at a time, so that a drag or a held key is one undo. Bails when the handle goes away. */
export function useGesture(): Gesture {
  const gesture = useMemo(startGesture, []);
  useEffect(() => gesture.bail, [gesture]);
  return gesture;
}

function startGesture(): Gesture {
  let active = false;
  let last: number | undefined;
  const end = (how: 'commitGesture' | 'bailGesture') => () => {
    if (!active) return;
    active = false;
    studio.getState()[how]();
  };
  return {
    isActive: () => active,
    begin: () => {
      if (active) return;
      active = true;
      last = undefined;
      studio.getState().beginGesture();
    },
    moveTo: (threshold) => {
      if (!active || threshold === last) return;
      last = threshold;
      studio.getState().dragThreshold(threshold);
    },
    commit: end('commitGesture'),
    bail: end('bailGesture'),
  };
}

import { useEffect, useMemo } from 'react';
import { studio } from '../../../state/store';

export interface Gesture {
  readonly isActive: () => boolean;
  begin(): void;
  moveTo(threshold: number): void;
  /** To an exact share, 0 to 1. */
  moveToShare(sparsity: number): void;
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
  let last: string | undefined;
  /** The same place again changes nothing. */
  const move = (to: 'dragThreshold' | 'dragSparsity', value: number) => {
    if (!active || last === `${to} ${value}`) return;
    last = `${to} ${value}`;
    studio.getState()[to](value);
  };
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
    moveTo: (threshold) => move('dragThreshold', threshold),
    moveToShare: (sparsity) => move('dragSparsity', sparsity),
    commit: end('commitGesture'),
    bail: end('bailGesture'),
  };
}

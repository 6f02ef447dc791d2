import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * A function that does what its newest version does: for what goes on behind an `await`, when the screen may have moved on and what was
 * read before it is old.
 */
export function useLatest<Args extends readonly unknown[], Result>(
  act: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args) => latest.current(...args), []);
}

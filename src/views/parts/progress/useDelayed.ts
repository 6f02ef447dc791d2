import { useEffect, useState } from 'react';

/** Whether something has been going on for `delay` milliseconds: what is over sooner need not flash up. */
export function useDelayed(isGoingOn: boolean, delay: number): boolean {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setTimeout(() => setDue(true), delay);
    return () => {
      clearTimeout(timer);
      setDue(false);
    };
  }, [isGoingOn, delay]);
  return isDue && isGoingOn;
}

import { useEffect } from 'react';
import { useOpenSample } from '../samples';
import { repairer } from './useRepair';

/** What comes with the open sample for fitting is what is usual then. */
export function useOfferedSet(): void {
  const set = useOpenSample()?.calibrationSet;
  useEffect(() => {
    if (set !== undefined) repairer().offerSet(set);
  }, [set]);
}

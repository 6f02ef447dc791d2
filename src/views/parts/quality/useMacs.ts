import { useMemo } from 'react';
import { macsByTensor } from '../../../state/slimCosts';
import { useSlim } from './useSlim';

/** By tensor, once the graph is open. */
export function useMacs() {
  const costs = useSlim((state) => state.costs);
  return useMemo(() => costs && macsByTensor(costs), [costs]) ?? undefined;
}

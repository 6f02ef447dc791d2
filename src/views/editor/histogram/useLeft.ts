import { useEffect, useMemo } from 'react';
import type { MeasuredLayer } from '../../../state/reach';
import { studio, useStudio } from '../../../state/store';
import { Distribution } from '../../charts/histogram/distribution';

/**
 * What stays of the weights, where a pattern and no threshold says what goes. Undefined where a threshold does, and
 * until a pass has counted it.
 */
export function useLeft(layers: readonly MeasuredLayer[], isAsked: boolean): Distribution | undefined {
  const settled = useStudio((state) => state.settled);
  const isBusy = useStudio((state) => state.pass !== null);
  const left = useStudio((state) => state.left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another recipe leaves something else
  useEffect(() => {
    if (isAsked && !isBusy) studio.getState().measureLeft(layers.map(({ id }) => id));
  }, [layers, isAsked, isBusy, settled]);
  return useMemo(() => {
    if (!isAsked) return undefined;
    const tensors = layers.map(({ id, dtype, statistics }) => {
      const program = settled.outcomes.get(id)?.program ?? [];
      if (program.length === 0) return { dtype, statistics };
      const measured = left.get(id);
      return measured?.program === program ? { dtype, statistics: measured.statistics } : undefined;
    });
    return tensors.every((tensor) => tensor !== undefined) ? new Distribution(layers, tensors) : undefined;
  }, [layers, isAsked, settled, left]);
}

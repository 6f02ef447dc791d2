import { useMemo } from 'react';
import { useStudio } from '../../../state/store';
import type { TensorId } from '../../../tensors/tensor';

/** What share of each layer that is in the committed recipe prunes, 0 to 1. */
export function useLayerSparsities(): ReadonlyMap<TensorId, number> {
  const { outcomes } = useStudio((state) => state.settled);
  const layers = useStudio((state) => state.checkpoint!.layers);
  return useMemo(
    () => new Map([...outcomes].map(([id, { zeros }]) => [id, zeros / (layers[id]!.statistics?.count || 1)])),
    [outcomes, layers],
  );
}

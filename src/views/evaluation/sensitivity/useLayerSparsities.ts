import { useMemo } from 'react';
import { at } from '../../../lib/known';
import { useCheckpoint, useStudio } from '../../../state/store';
import type { TensorId } from '../../../tensors/tensor';

/** What share of each layer that is in the committed recipe prunes, 0 to 1. */
export function useLayerSparsities(): ReadonlyMap<TensorId, number> {
  const { outcomes } = useStudio((state) => state.settled);
  const layers = useCheckpoint(({ layers }) => layers);
  return useMemo(
    () => new Map([...outcomes].map(([id, { zeros }]) => [id, zeros / (at(layers, id).statistics?.count || 1)])),
    [outcomes, layers],
  );
}

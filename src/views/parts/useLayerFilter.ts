import { useMemo } from 'react';
import { layersMatching, parseFilter } from '../../state/layerFilter';
import { lockedIn } from '../../state/locks';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import type { TensorId } from '../../tensors/tensor';
import { useMacs } from './quality/useMacs';

interface Filtered {
  /** Null: all, as there is no filter. */
  readonly shown: ReadonlySet<TensorId> | null;
  /** One sentence, where a part of the filter means nothing. */
  readonly problem?: string;
}

/** Which layers the filter leaves, by the committed recipe: a drag makes none come or go. */
export function useLayerFilter(): Filtered {
  const text = useStudio(({ filter }) => filter.trim());
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const { outcomes } = useStudio((state) => state.settled);
  const locked = useStudio(({ recipe }) => recipe.locked);
  const macs = useMacs();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a drag makes another recipe of the same locks
  return useMemo(() => {
    if (text === '') return { shown: null };
    const filter = parseFilter(text);
    const locks = lockedIn(studio.getState().recipe, layers);
    const shown = layersMatching(filter, { layers, outcomes, locks, macs });
    return filter.problem === undefined ? { shown } : { shown, problem: filter.problem };
  }, [text, layers, outcomes, locked, macs]);
}

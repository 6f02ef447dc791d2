import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { MeasuredLayer } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import { methodKey, type ShownScores, shownScores } from '../../parts/scores/shownScores';

/** What the histogram of these layers shows. Follows the committed recipe, not a drag, which changes none of it. */
export function useShownScores(layers: readonly MeasuredLayer[]): ShownScores {
  const deciding = useStudio((state) => state.deciding);
  const methods = useMemo(() => layers.map(({ id }) => methodKey(deciding.get(id))).join(), [layers, deciding]);
  const scores = useStudio(
    useShallow((state) => layers.map(({ id }) => state.settled.outcomes.get(id)?.scores?.statistics)),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the rules only their methods matter
  return useMemo(() => {
    return shownScores(
      layers,
      layers.map(({ id }) => deciding.get(id)),
      scores,
    );
  }, [layers, methods, scores]);
}

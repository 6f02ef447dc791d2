/** What the table and the chart of snapshots read off them. */
import { useMemo } from 'react';
import type { MetricId } from '../../state/evaluation';
import { isPrunedAlike } from '../../state/repairState';
import type { Snapshot } from '../../state/snapshots';
import { useStudio } from '../../state/store';
import { useEvaluation } from '../parts/quality/useEvaluation';

export function qualityIn({ quality }: Snapshot, metric: MetricId): number | undefined {
  return quality?.figures[metric];
}

/** The one that prunes as the committed recipe does, by its id; of several the newest. */
export function useCurrentSnapshot(): string | undefined {
  return useStudio(
    ({ snapshots, history }) =>
      snapshots.findLast(
        ({ recipe }) =>
          isPrunedAlike(recipe, history.present.recipe) &&
          recipe.repair?.file === history.present.recipe.repair?.file &&
          (recipe.slim === undefined) === (history.present.recipe.slim === undefined),
      )?.id,
  );
}

/** Recipes of snapshots that the inputs at hand have not told of. A repair or a smaller model would have to be made first. */
export function useUnevaluated(): readonly Snapshot['recipe'][] {
  const snapshots = useStudio((state) => state.snapshots);
  const inputs = useEvaluation((state) => state.inputs?.title);
  return useMemo(
    () =>
      snapshots
        .filter(
          ({ recipe, quality }) => inputs !== undefined && quality?.inputs !== inputs && !recipe.repair && !recipe.slim,
        )
        .map(({ recipe }) => recipe),
    [snapshots, inputs],
  );
}

import { type ReactNode, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Layer } from '../../../state/checkpointSlice';
import { isMeasured, layersReached } from '../../../state/reach';
import type { EditScope } from '../../../state/selectionSlice';
import { useStudio } from '../../../state/store';
import { ownerOf } from '../../../tensors/owners';
import classes from './DistributionCard.module.css';
import { DistributionEditor } from './DistributionEditor';

interface DistributionCardProps {
  readonly layer: Layer;
  readonly layers: readonly Layer[];
  /** Stands below the fields of the threshold. */
  readonly method: ReactNode;
}

/** The weights in scope and the threshold on them, or why there is nothing to show. */
export function DistributionCard({ layer, layers, method }: DistributionCardProps) {
  const scope = useStudio((state) => state.editScope);
  // The committed recipe says which tensors are in: a drag does not change that, and must not render this.
  const inScope = useStudio(useShallow(layersReached));
  const owner = ownerOf(layer, layers);
  // What is switched out, or cannot be pruned, is drawn all the same, without a handle; masks are not worth it.
  const isOut = inScope.length === 0 && scope === 'layer' && owner.maskOf === undefined && isMeasured(owner);
  const drawn = useMemo(() => (isOut && isMeasured(owner) ? [owner] : inScope), [isOut, owner, inScope]);
  const hasWeights = drawn.some(({ statistics }) => statistics.count > statistics.nan + statistics.inf);
  return (
    <section aria-label="Distribution">
      {hasWeights ? (
        <DistributionEditor layers={drawn} scope={scope} editable={!isOut} method={method} />
      ) : (
        <p className={classes.empty}>{whyEmpty(scope, layer, drawn.length > 0)}</p>
      )}
    </section>
  );
}

function whyEmpty(scope: EditScope, layer: Layer, isNotFinite: boolean): string {
  if (isNotFinite)
    return 'Every weight here is NaN or infinite: there is no distribution to show, and nothing to prune.';
  switch (scope) {
    case 'layer':
      return `Not prunable: ${layer.reason ?? 'it was not measured'}. It is exported as it is.`;
    case 'selected':
      return 'None of the selected layers can be edited: they are switched out of pruning, or locked.';
    case 'model':
      return 'No layer can be edited: all are switched out of pruning, or locked.';
  }
}

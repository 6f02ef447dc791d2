/** The kinds of layer that a checkpoint holds. */
import type { Layer } from '../../state/checkpointSlice';
import { type LayerKind, layerKinds } from '../../tensors/tensor';

export interface KindGroup {
  readonly kind: LayerKind;
  readonly layers: readonly Layer[];
  /** Whether any of them can be pruned. */
  readonly prunable: boolean;
}

/** Kinds that occur, weights first. */
export function kindGroups(layers: readonly Layer[]): KindGroup[] {
  return layerKinds
    .map((kind) => {
      const ofKind = layers.filter((layer) => layer.kind === kind);
      return { kind, layers: ofKind, prunable: ofKind.some((layer) => layer.prunable) };
    })
    .filter((group) => group.layers.length > 0);
}

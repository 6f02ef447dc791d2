/** Switching many tensors in or out of pruning with one click. */
import type { Layer } from '../../state/checkpointSlice';
import type { TensorId } from '../../tensors/tensor';

/** How many of a set of tensors are in. */
export type Inclusion = 'none' | 'some' | 'all';

export type IsIn = (id: TensorId) => boolean;

/** What a click asks the studio for. */
export interface Switch {
  readonly ids: readonly TensorId[];
  readonly included: boolean;
}

/** Of those that can be pruned. */
export function inclusionOf(layers: readonly Layer[], isIn: IsIn): Inclusion {
  const prunable = layers.filter((layer) => layer.prunable);
  const count = prunable.filter(({ id }) => isIn(id)).length;
  if (count === 0) return 'none';
  return count === prunable.length ? 'all' : 'some';
}

/** All in: takes them out. Otherwise takes all in. */
export function switched(layers: readonly Layer[], isIn: IsIn): Switch {
  return {
    ids: layers.filter((layer) => layer.prunable).map(({ id }) => id),
    included: inclusionOf(layers, isIn) !== 'all',
  };
}

/**
 * What one checkbox over many rows stands for: the tensors pruned by default, so that a click over conv and norm
 * weights together never takes the norm weights in; where none is, all that can be pruned.
 */
export function governed(layers: readonly Layer[]): readonly Layer[] {
  const byDefault = layers.filter((layer) => layer.prunable && layer.byDefault);
  return byDefault.length > 0 ? byDefault : layers.filter((layer) => layer.prunable);
}

/** As `switched`, for the checkbox over all rows shown; taking out takes out whatever is in. */
export function switchedShown(layers: readonly Layer[], isIn: IsIn): Switch {
  const target = switched(governed(layers), isIn);
  return target.included ? target : { ids: layers.map(({ id }) => id).filter(isIn), included: false };
}

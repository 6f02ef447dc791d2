/** What the handle and its fields act on, and what comes out of it. */
import type { Criterion, Recipe } from '../../pruning/recipe';
import type { Outcome, Resolution } from '../../pruning/resolution';
import type { EditScope, Layer } from '../../state/studio';
import type { PrunableDtype } from '../../tensors/dtype';
import { isPrunableDtype } from '../../tensors/dtype';
import type { TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';

/** A tensor that was measured. */
export interface MeasuredLayer extends Layer {
  readonly dtype: PrunableDtype;
  readonly statistics: TensorStatistics;
}

export function isMeasured(layer: Layer): layer is MeasuredLayer {
  return layer.statistics !== undefined && isPrunableDtype(layer.dtype);
}

/** The tensor whose weights a layer shows: itself, unless it is tied or a view. */
export function ownerOf(layer: Layer, layers: readonly Layer[]): Layer {
  return layer.sameAs === undefined ? layer : layers[layer.sameAs]!;
}

/**
 * The tensors that an edit reaches, each storage once, in file order: those of the scope that some rule decides for.
 *
 * @param layers of the checkpoint: an id is an index
 */
export function layersInScope(
  layers: readonly Layer[],
  selection: readonly TensorId[],
  scope: EditScope,
  outcomes: ReadonlyMap<TensorId, Outcome>,
): MeasuredLayer[] {
  const reached = (layer: Layer): layer is MeasuredLayer => isMeasured(layer) && outcomes.has(layer.id);
  if (scope === 'model') return layers.filter(reached);
  const named = scope === 'layer' ? selection.slice(-1) : selection;
  const owners = new Set(named.map((id) => ownerOf(layers[id]!, layers)));
  return layers.filter((layer) => owners.has(layer)).filter(reached);
}

/** `mixed`: from the lowest to the highest; where nothing is pruned counts as the least there is. */
export type ScopeThreshold =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly value: number }
  | { readonly kind: 'mixed'; readonly low: number; readonly high: number };

export interface ScopeFigures {
  readonly weights: number;
  readonly zerosBefore: number;
  /** After pruning. */
  readonly zeros: number;
  /** zeros / weights, 0 without weights. */
  readonly sparsity: number;
  readonly exact: boolean;
  readonly threshold: ScopeThreshold;
}

/**
 * @param floor the threshold that stands for "nothing pruned" among others: 0, or below every weight where signs count
 */
export function scopeFigures(
  layers: readonly MeasuredLayer[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  floor: number,
): ScopeFigures {
  let weights = 0;
  let zerosBefore = 0;
  let zeros = 0;
  let exact = true;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let placed = false;
  for (const { id, statistics } of layers) {
    const outcome = outcomes.get(id);
    weights += statistics.count;
    zerosBefore += statistics.zeros;
    zeros += outcome?.zeros ?? statistics.zeros;
    exact &&= outcome?.exact ?? true;
    placed ||= outcome?.placement !== undefined;
    const threshold = outcome?.placement?.threshold ?? floor;
    low = Math.min(low, threshold);
    high = Math.max(high, threshold);
  }
  return {
    weights,
    zerosBefore,
    zeros,
    sparsity: weights === 0 ? 0 : zeros / weights,
    exact,
    threshold: placed ? rangeOf(low, high, severalDtypes(layers)) : { kind: 'none' },
  };
}

/** bf16 has 8 significant bits: one threshold rounded to two dtypes differs by no more than this share of itself. */
const roundingShare = 2 ** -8;

function rangeOf(low: number, high: number, severalDtypes: boolean): ScopeThreshold {
  const tolerance = severalDtypes ? roundingShare * Math.max(Math.abs(low), Math.abs(high)) : 0;
  return high - low <= tolerance ? { kind: 'one', value: high } : { kind: 'mixed', low, high };
}

function severalDtypes(layers: readonly Layer[]): boolean {
  return layers.some(({ dtype }) => dtype !== layers[0]!.dtype);
}

/** The criterion that the scope's tensors share; magnitude where they do not, or where there are none. */
export function criterionOf(
  layers: readonly Layer[],
  { recipe, resolution }: { readonly recipe: Recipe; readonly resolution: Resolution },
): Criterion {
  const isSigned = ({ id }: Layer) => {
    const outcome = resolution.outcomes.get(id);
    // A rule that prunes nothing yet has no placement.
    const rule = outcome && 'rules' in recipe ? recipe.rules[outcome.rule] : undefined;
    return (outcome?.placement ?? rule)?.criterion === 'signed';
  };
  return layers.length > 0 && layers.every(isSigned) ? 'signed' : 'magnitude';
}

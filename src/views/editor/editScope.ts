/** What the handle and its fields act on, and what comes out of it. */
import type { Outcome } from '../../pruning/resolution';
import { type Followers, followersIn } from '../../pruning/twins';
import type { EditScope, Layer, StudioState } from '../../state/studio';
import type { PrunableDtype } from '../../tensors/dtype';
import { isPrunableDtype } from '../../tensors/dtype';
import type { TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';

const noFollowers: Followers['originals'] = new Map();

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
 * The tensors that an edit reaches, each storage once, in file order: those of the scope that some rule decides for. Of a
 * copy that takes the masks of a model, the tensors of that model.
 *
 * @param layers of the checkpoint: an id is an index
 * @param originals by tensor of such a copy: whose mask it takes
 */
export function layersInScope(
  layers: readonly Layer[],
  selection: readonly TensorId[],
  scope: EditScope,
  outcomes: ReadonlyMap<TensorId, Outcome>,
  originals: Followers['originals'] = noFollowers,
): MeasuredLayer[] {
  const reached = (layer: Layer): layer is MeasuredLayer =>
    isMeasured(layer) && outcomes.has(layer.id) && !originals.has(layer.id);
  if (scope === 'model') return layers.filter(reached);
  const named = scope === 'layer' ? selection.slice(-1) : selection;
  const owners = new Set(
    named.map((id) => {
      const owner = ownerOf(layers[id]!, layers);
      return layers[originals.get(owner.id)?.id ?? owner.id]!;
    }),
  );
  return layers.filter((layer) => owners.has(layer)).filter(reached);
}

/** As the studio has it: what an edit reaches now. */
export function layersReached(
  layers: readonly Layer[],
  { recipe, candidates, selection, editScope, settled }: StudioState,
): MeasuredLayer[] {
  return layersInScope(layers, selection, editScope, settled.outcomes, followersIn(recipe, candidates).originals);
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
  /** Weights that are chosen, those already zero included. */
  readonly pruned: number;
  /** Where weights go in groups: how many groups go, of how many. */
  readonly groups?: { readonly gone: number; readonly total: number };
  readonly threshold: ScopeThreshold;
}

/** The share that a sparsity counts, 0 to 1: of the groups, where weights go in groups. */
export function shareOf({ groups, sparsity }: ScopeFigures): number {
  if (!groups) return sparsity;
  return groups.total === 0 ? 0 : groups.gone / groups.total;
}

/**
 * @param floor the threshold that stands for "nothing pruned" among others: 0, or below every score where signs count
 * @param groups how many each layer has, where its weights go in groups
 */
export function scopeFigures(
  layers: readonly MeasuredLayer[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  floor: number,
  groups?: readonly number[],
): ScopeFigures {
  let weights = 0;
  let pruned = 0;
  let [gone, total] = [0, 0];
  let zerosBefore = 0;
  let zeros = 0;
  let exact = true;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let placed = false;
  layers.forEach(({ id, statistics }, i) => {
    const outcome = outcomes.get(id);
    weights += statistics.count;
    pruned += outcome?.pruned ?? 0;
    const ofLayer = groups?.[i] ?? 0;
    total += ofLayer;
    // Groups of one layer are of one size, but for blocks at its edges.
    gone += Math.round((ofLayer * (outcome?.pruned ?? 0)) / Math.max(1, statistics.count));
    zerosBefore += statistics.zeros;
    zeros += outcome?.zeros ?? statistics.zeros;
    exact &&= outcome?.exact ?? true;
    placed ||= outcome?.placement !== undefined;
    const threshold = outcome?.placement?.threshold ?? floor;
    low = Math.min(low, threshold);
    high = Math.max(high, threshold);
  });
  return {
    weights,
    zerosBefore,
    zeros,
    sparsity: weights === 0 ? 0 : zeros / weights,
    exact,
    pruned,
    ...(groups && { groups: { gone, total } }),
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

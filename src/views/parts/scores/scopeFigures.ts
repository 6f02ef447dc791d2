/** What comes out of what an edit reaches: weights, zeros and the threshold, added up. */
import type { Outcome } from '../../../pruning/resolution';
import type { Layer } from '../../../state/checkpointSlice';
import type { MeasuredLayer } from '../../../state/reach';
import type { TensorId } from '../../../tensors/tensor';

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
    const ofWeights = Math.round((ofLayer * (outcome?.pruned ?? 0)) / Math.max(1, statistics.count));
    gone += ofLayer === 0 ? 0 : (outcome?.scores?.gone ?? ofWeights);
    zerosBefore += statistics.zeros;
    zeros += outcome?.zeros ?? statistics.zeros;
    exact &&= outcome?.exact ?? true;
    placed ||= outcome?.placement !== undefined;
    // A layer whose channels others give, too, or none, adds no threshold of its own.
    if (outcome?.scores?.gone !== undefined && ofLayer === 0) return;
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
  return layers.some(({ dtype }) => dtype !== layers[0]?.dtype);
}

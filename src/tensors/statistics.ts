/** What one measuring pass leaves of a tensor: tens of KB, from which any threshold's sparsity is read off. */

/**
 * Counts of finite values by fine bin (see bins.ts), over the occupied magnitude bins `[firstBin, firstBin + positive.length)`.
 * `positive[i]` counts values >= 0 (-0 counts as 0) whose magnitude bin is `firstBin + i`, `negative[i]` those below 0.
 */
export interface FineHistogram {
  readonly firstBin: number;
  readonly positive: Uint32Array | Float64Array;
  readonly negative: Uint32Array | Float64Array;
}

export interface TensorStatistics {
  /** Elements measured. */
  readonly count: number;
  /** Elements equal to zero, of either sign. */
  readonly zeros: number;
  readonly nan: number;
  readonly inf: number;
  /** Over the finite values; NaN when there are none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Unbiased (n - 1), as torch.std; NaN for fewer than two finite values. */
  readonly std: number;
  readonly histogram: FineHistogram;
}

/** Finite values: those a magnitude criterion can prune. */
export function finiteCount(statistics: TensorStatistics): number {
  return statistics.count - statistics.nan - statistics.inf;
}

/** One fine bin resolved to its values: what an exact amount, or a threshold typed inside the bin, is settled with. */
export interface RefinedBin {
  readonly bin: number;
  /** The distinct magnitudes that occur in the bin, ascending. */
  readonly magnitudes: Float64Array;
  /** How many elements are +magnitude (zeros of either sign are here) and how many are -magnitude. */
  readonly positive: Uint32Array | Float64Array;
  readonly negative: Uint32Array | Float64Array;
}

/** Sums of squares of the finite values by fine bin of magnitude: what layer-adaptive scores are made of. */
export interface BinEnergies {
  /** The occupied bins are `[firstBin, firstBin + energies.length)`. */
  readonly firstBin: number;
  readonly energies: Float64Array;
}

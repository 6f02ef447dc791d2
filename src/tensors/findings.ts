/** What a look at the weights themselves finds that statistics do not tell: rows, twins, one outlier's place, roundings. */

/** Of one tensor. Rows are the indices of its dimensions of outputs together (`rowAxesOf`), the slowest first. */
export interface RowFindings {
  /** 0 where it is not known which dimensions count outputs. */
  readonly rows: number;
  /** Rows of nothing but zeros, ascending. */
  readonly dead: Uint32Array;
  /** Pairs: a row, and the first one that holds the same values. Ascending; dead rows are none. */
  readonly twins: Uint32Array;
  /** The finite weight of the greatest magnitude, the first of equal ones in memory; absent where there is none. */
  readonly largest?: { readonly value: number; readonly index: readonly number[] };
}

/** What rounding to int8 leaves of a tensor: sums over its weights. */
export interface RoundingFigures {
  /** ‖w − q(w)‖² */
  readonly differences: number;
  /** Zeros of either sign after it, those before it included. */
  readonly zeros: number;
  /** Greatest |w − q(w)|. */
  readonly greatest: number;
}

/** How a tensor is rounded: a scale for each index of `axes` together, the slowest first; no axes: one for all. */
export interface Int8Scales {
  readonly axes: readonly number[];
  /** f32: the greatest magnitude over 127; 1 where all is zero, or below 2⁻¹¹⁹. */
  readonly scales: Float32Array<ArrayBuffer>;
}

export interface Int8Findings {
  readonly weights: number;
  /** Zeros before it. */
  readonly zeros: number;
  /** ‖w‖² */
  readonly squares: number;
  readonly perTensor: RoundingFigures & Int8Scales;
  /** Absent where it is not known which dimensions count outputs. */
  readonly perChannel?: RoundingFigures & Int8Scales;
}

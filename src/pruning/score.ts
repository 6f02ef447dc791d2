/** What a threshold is compared with: one number for each weight, or for each group of weights. */
import type { Axes } from '../tensors/axes';
import type { PrunableDtype } from '../tensors/dtype';
import type { Granularity, NormOrder, Rule } from './recipe';

/** Weights that go together; `axis`, `outputs`, `inputs` and `copies` are axes of the tensor's shape. */
export type ScoredGroups =
  | { readonly kind: 'dim'; readonly axis: number; readonly norm: NormOrder }
  | ({ readonly kind: 'kernel' } & Across)
  | ({
      readonly kind: 'block';
      /** Outputs and inputs in a block; the last ones may be smaller. */
      readonly size: readonly [number, number];
    } & Across);

interface Across {
  readonly outputs: number;
  readonly inputs: number;
  /** Each copy has groups of its own. */
  readonly copies?: readonly number[];
}

export interface Score {
  readonly criterion: Rule['criterion'];
  /** Absent: each weight for itself. */
  readonly groups?: ScoredGroups;
  /** Of `random`. */
  readonly seed?: number;
  /** Of `activation`: which dimensions its norms belong to. */
  readonly axes?: Axes;
}

/** Whether the scores are the weights themselves, by magnitude or sign: nothing has to be computed. */
export function isOfWeights({ criterion, groups }: Score): boolean {
  return groups === undefined && (criterion === 'magnitude' || criterion === 'signed');
}

/**
 * Scores of weights, norms and differences are rounded to the dtype of the tensor, as torch computes them in it; draws
 * and products with activations are f32.
 */
export function scoreDtypeOf({ criterion }: Score, dtype: PrunableDtype): PrunableDtype {
  return criterion === 'random' || criterion === 'activation' ? 'F32' : dtype;
}

/** How scores compare, lowest first: by |score| or as they are. */
export type Ranking = 'magnitude' | 'signed';

/** Magnitudes of weights are ranked by |w|, everything else as it is. */
export function rankingOf(score: Score): Ranking {
  return score.criterion === 'magnitude' && score.groups === undefined ? 'magnitude' : 'signed';
}

export function isPattern(granularity: Granularity): granularity is { readonly n: number; readonly m: number } {
  return typeof granularity === 'object' && 'n' in granularity;
}

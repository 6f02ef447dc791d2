/** What a threshold is compared with: one number for each weight, or for each group of weights. */
import type { Axes } from '../tensors/axes';
import type { PrunableDtype } from '../tensors/dtype';
import { type Criterion, factsOf } from './criteria/criteria';
import type { Ranking } from './ranking';

/** The p of a norm over a group, as torch.norm's: any real number but 0 upwards of it or below, or an infinity. */
export type NormOrder = number | 'inf' | '-inf';

/** Weights that go together: those at the same index of every axis listed. */
export interface ScoredGroups {
  /** The granularity that makes them, for words. */
  readonly kind: string;
  /** Axes of the tensor's shape, slowest first. `size` neighbours along one have an index together; the last may be fewer. */
  readonly axes: readonly { readonly axis: number; readonly size: number }[];
  readonly norm: NormOrder;
}

export interface Score {
  readonly criterion: Criterion;
  /** Absent: each weight for itself. */
  readonly groups?: ScoredGroups;
  /** Of draws. */
  readonly seed?: number;
  /** Of scores that depend on them: which dimensions are outputs and inputs. */
  readonly axes?: Axes;
}

/** Whether the scores are the weights themselves, by magnitude or sign: nothing has to be computed. */
export function isOfWeights({ criterion, groups }: Score): boolean {
  return groups === undefined && factsOf(criterion).isOfWeights;
}

/** The dtype in which scores are compared, to which they are rounded. */
export function scoreDtypeOf({ criterion }: Score, dtype: PrunableDtype): PrunableDtype {
  return factsOf(criterion).dtype ?? dtype;
}

/** Single weights compare as the criterion says; what groups have is compared as it is. */
export function rankingOf({ criterion, groups }: Score): Ranking {
  return groups ? 'signed' : factsOf(criterion).ranking;
}

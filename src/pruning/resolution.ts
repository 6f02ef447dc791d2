/** What resolving a recipe against measured tensors gives: a placed threshold per tensor. */
import type { PrunableDtype } from '../tensors/dtype';
import type { RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { LayerKind, TensorId } from '../tensors/tensor';
import type { Criterion } from './recipe';

/** A tensor as pruning sees it: one per storage (tied names are listed once). */
export interface Candidate {
  readonly id: TensorId;
  readonly name: string;
  /** Other names of the same weights. A rule matches when any name does. */
  readonly aliases: readonly string[];
  readonly kind: LayerKind;
  readonly dtype: PrunableDtype;
  /** Pruned by rules that do not name it exactly. */
  readonly byDefault: boolean;
  readonly statistics: TensorStatistics;
}

/** The kernel's ThresholdMask: score below the threshold goes, and the first `ties` at it (`Infinity`: all of them). */
export interface Placement {
  readonly criterion: Criterion;
  /** Rounded to the tensor's dtype. */
  readonly threshold: number;
  readonly ties: number;
}

export interface Outcome {
  /** Index of the rule that decides for the tensor. */
  readonly rule: number;
  /** Absent: the rule prunes nothing here. */
  readonly placement?: Placement;
  /** Elements the mask chooses, those already zero included. */
  readonly pruned: number;
  /** Zeros in the result. */
  readonly zeros: number;
  /** Whether `placement`, `pruned` and `zeros` are final; if not they are the nearest the histogram knows. */
  readonly exact: boolean;
}

/** A bin that has to be looked into before the resolution is exact. */
export interface BinRequest {
  readonly tensor: TensorId;
  readonly bin: number;
}

export interface Resolution {
  /** One per tensor that some rule decides for. */
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  /** Empty when everything is exact. */
  readonly pending: readonly BinRequest[];
}

/** Bins already refined, by `refinementKey`. */
export type Refinements = ReadonlyMap<string, RefinedBin>;

export function refinementKey(request: BinRequest): string {
  return `${request.tensor}:${request.bin}`;
}

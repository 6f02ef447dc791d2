/** What a recipe makes of each tensor: the rows that every report shows. */
import { at } from '../lib/known';
import type { Recipe } from '../pruning/recipe';
import type { Outcome } from '../pruning/resolution';
import { bitsOf, type Dtype, labelOf } from '../tensors/dtype';
import type { TensorStatistics } from '../tensors/statistics';
import type { LayerKind, TensorId } from '../tensors/tensor';
import { describeMask } from './describe';

/** A tensor of the checkpoint, as the engine's Layer. */
export interface ReportedLayer {
  readonly id: TensorId;
  readonly name: string;
  readonly container: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly numel: number;
  /** Another tensor holds these weights: they are counted there. */
  readonly sameAs?: TensorId;
  /** The tensors that own weights of this one, which changes with them. */
  readonly sharesWith?: readonly TensorId[];
  /** Absent: not measured. */
  readonly statistics?: TensorStatistics;
}

export interface ReportSource {
  readonly fileName: string;
  readonly format: string;
  /** Of the file, in bytes: the pruned file is as large. */
  readonly size: number;
  readonly layers: readonly ReportedLayer[];
  readonly recipe: Recipe;
  /** Exact. */
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
}

export interface OutcomeRow {
  readonly name: string;
  readonly container: string;
  readonly kind: LayerKind;
  /** As PyTorch users write it. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly weights: number;
  readonly bytes: number;
  /** The tensor whose weights these are. */
  readonly sameAs?: string;
  /** Where others own weights of it, those that are pruned: it changes with them. */
  readonly changesWith?: readonly string[];
  /** Absent where nothing was measured. */
  readonly zerosBefore?: number;
  readonly zerosAfter?: number;
  /** Whether some rule decides for it. */
  readonly isIn: boolean;
  /** The masks in words, in the order in which they apply. */
  readonly masks: readonly string[];
  /** Where the last mask is a threshold. */
  readonly threshold?: number;
}

export interface Totals {
  /** Of the tensors that some rule decides for. */
  readonly weights: number;
  readonly zerosBefore: number;
  readonly zerosAfter: number;
  /** Of all measured tensors. */
  readonly measured: { readonly weights: number; readonly zerosBefore: number; readonly zerosAfter: number };
}

/** In the order of the file. */
export function outcomeRows({ layers, outcomes }: ReportSource): OutcomeRow[] {
  const isPruned = (id: TensorId) => (outcomes.get(id)?.pruned ?? 0) > 0;
  return layers.map((layer) => {
    const { id, name, container, kind, dtype, shape, numel, sameAs, sharesWith, statistics } = layer;
    const outcome = outcomes.get(id);
    const mask = outcome?.program.at(-1);
    return {
      name,
      container,
      kind,
      dtype: labelOf(dtype),
      shape,
      weights: numel,
      bytes: (numel * bitsOf(dtype)) / 8,
      ...(sameAs === undefined ? {} : { sameAs: at(layers, sameAs).name }),
      ...(sharesWith && { changesWith: sharesWith.filter(isPruned).map((owner) => at(layers, owner).name) }),
      ...(statistics && { zerosBefore: statistics.zeros, zerosAfter: outcome?.zeros ?? statistics.zeros }),
      isIn: outcome !== undefined,
      masks: (outcome?.program ?? []).map(describeMask),
      ...(mask?.kind === 'threshold' && { threshold: mask.threshold }),
    };
  });
}

export function totalsOf(rows: readonly OutcomeRow[]): Totals {
  const sums = (counted: readonly OutcomeRow[]) => {
    let [weights, zerosBefore, zerosAfter] = [0, 0, 0];
    for (const row of counted) {
      weights += row.weights;
      zerosBefore += row.zerosBefore ?? 0;
      zerosAfter += row.zerosAfter ?? 0;
    }
    return { weights, zerosBefore, zerosAfter };
  };
  return {
    ...sums(rows.filter(({ isIn }) => isIn)),
    measured: sums(rows.filter(({ zerosBefore }) => zerosBefore !== undefined)),
  };
}

/** zeros / weights, 0 of nothing. */
export function sparsityOf(zeros: number, weights: number): number {
  return weights === 0 ? 0 : zeros / weights;
}

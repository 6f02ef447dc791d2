/** What a figure is of: how many weights a checkpoint has, how many can go, and how many do. */
import { isDecided, type Outcome } from '../../pruning/resolution';
import { isFloat } from '../../tensors/dtype';
import type { LayerKind, TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';

export interface Census {
  /** Floating-point weights of the checkpoint, those with several names once; no buffers, masks or state of training. */
  readonly floating: number;
  /** Of these, weights that some recipe can prune. */
  readonly prunable: number;
  /** Weights that rules decide for. */
  readonly included: number;
  /** Zeros among those, before and after. */
  readonly zerosBefore: number;
  readonly zerosAfter: number;
  /** Weights that become zero, and were not. */
  readonly newZeros: number;
}

const noWeights: ReadonlySet<LayerKind> = new Set(['buffer', 'mask', 'optimizer', 'integer']);

/** @param outcomes of the tensors that are in; absent: none is */
export function censusOf(
  layers: readonly Layer[],
  outcomes: ReadonlyMap<TensorId, Pick<Outcome, 'rule' | 'zeros'>> = new Map(),
): Census {
  let [floating, prunable, included, zerosBefore, zerosAfter] = [0, 0, 0, 0, 0];
  for (const { id, kind, dtype, numel, sameAs, sharesWith, prunable: isPrunable, statistics } of layers) {
    const outcome = isDecided(outcomes, id) ? outcomes.get(id) : undefined;
    // A buffer that a rule prunes by name is in, so it counts.
    const isWeight = isFloat(dtype) && (!noWeights.has(kind) || outcome !== undefined);
    if (!isWeight || sameAs !== undefined || sharesWith !== undefined) continue;
    floating += numel;
    if (isPrunable) prunable += numel;
    if (!outcome) continue;
    included += numel;
    zerosBefore += statistics?.zeros ?? 0;
    zerosAfter += outcome.zeros;
  }
  return { floating, prunable, included, zerosBefore, zerosAfter, newZeros: zerosAfter - zerosBefore };
}

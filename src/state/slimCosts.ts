/** What the model costs as the recipe leaves it: multiplications by zeros not counted. */
import type { Outcome } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import type { Layer } from './checkpointSlice';
import type { ModelCosts } from './slimState';

type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** Multiplications for one sample. */
export interface Multiplications {
  readonly macs: number;
  /** Without those by zeros. */
  readonly effective: number;
}

/** Of the layers that multiply with a tensor of the checkpoint; several may share one. */
export function macsByTensor({ nodes }: ModelCosts): ReadonlyMap<TensorId, Multiplications> {
  const byTensor = new Map<TensorId, Multiplications>();
  for (const { tensor, macs, effective } of nodes) {
    if (tensor === undefined || macs === 0) continue;
    const before = byTensor.get(tensor);
    byTensor.set(tensor, { macs: macs + (before?.macs ?? 0), effective: effective + (before?.effective ?? 0) });
  }
  return byTensor;
}

/** Of one tensor as its outcome leaves it. @param outcome absent: as the file has it */
export function effectiveMacs(
  { macs, effective }: Multiplications,
  outcome: Outcome | undefined,
  { numel }: Pick<Layer, 'numel'>,
): number {
  return outcome && numel > 0 ? macs * (1 - outcome.zeros / numel) : effective;
}

export interface EffectiveCosts extends Multiplications {
  readonly parameters: number;
  /** That are not zero. */
  readonly nonzero: number;
}

/** Of the whole model. Quick enough for every step of a drag. */
export function effectiveCosts(costs: ModelCosts, layers: readonly Layer[], outcomes: Outcomes): EffectiveCosts {
  const { macs, parameters } = costs;
  let [effective, nonzero] = [costs.effective, parameters];
  for (const [tensor, each] of macsByTensor(costs)) {
    const layer = layers[tensor];
    const outcome = outcomes.get(tensor);
    if (layer && outcome) effective += effectiveMacs(each, outcome, layer) - each.effective;
  }
  for (const { id, statistics } of layers) nonzero -= outcomes.get(id)?.zeros ?? statistics?.zeros ?? 0;
  return { macs, parameters, effective: Math.max(0, effective), nonzero: Math.max(0, nonzero) };
}

/** The pass that looks into fine bins of weights as they are: what an exact amount of a magnitude prune needs. */
import type { Accumulator } from '../../kernels/kernels';
import { getOrInsert } from '../../lib/maps';
import type { RefinedBin } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { Weights } from './measurable';
import { UnitProgress } from './unitProgress';

/** Different bins by tensor. */
export type Bins = ReadonlyMap<TensorId, readonly number[]>;
/** The same bins in the same order. */
export type RefinedBins = ReadonlyMap<TensorId, readonly RefinedBin[]>;

/**
 * One pass over all units in this thread.
 * @param bins of every unit's tensor
 */
export async function refine(
  { source, checkpoint, kernels }: Weights,
  units: readonly Unit[],
  bins: Bins,
  context: CallContext,
): Promise<RefinedBins> {
  const refined = new Map<TensorId, readonly RefinedBin[]>();
  const running = new Map<Unit, { accumulators: readonly Accumulator<RefinedBin>[]; left: number }>();
  const report = new UnitProgress('refining', units, context);
  const options = { byteOrder: checkpoint.byteOrder, readOnly: true, signal: context.signal };
  for await (const { unit, elements, covers } of streamUnits(source, units, options)) {
    const state = getOrInsert(running, unit, () => ({
      accumulators: bins.get(unit.tensor)!.map((bin) => kernels.refineBin(unit.dtype, bin)),
      left: unit.byteLength,
    }));
    for (const accumulator of state.accumulators) await accumulator.add(elements);
    state.left -= covers;
    if (state.left === 0) {
      refined.set(unit.tensor, await Promise.all(state.accumulators.map(async (one) => one.finish())));
      running.delete(unit);
    }
    report.advance(unit, covers, state.left === 0);
  }
  return refined;
}

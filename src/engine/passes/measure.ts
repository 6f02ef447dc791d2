/** The pass over all weights that opening a checkpoint makes. */

import type { Accumulator } from '../../kernels/kernels';
import type { Awaitable } from '../../lib/awaitable';
import { getOrInsert } from '../../lib/maps';
import type { TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { type Chunk, streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { Weights } from './measurable';
import { UnitProgress } from './unitProgress';

/**
 * One pass over all units in this thread: statistics by tensor.
 * @param measured sees every chunk
 */
export async function measure(
  { source, checkpoint, kernels }: Weights,
  units: readonly Unit[],
  context: CallContext,
  measured?: (chunk: Chunk) => Awaitable<void>,
): Promise<Map<TensorId, TensorStatistics>> {
  const statistics = new Map<TensorId, TensorStatistics>();
  const running = new Map<Unit, { accumulator: Accumulator<TensorStatistics>; left: number }>();
  const report = new UnitProgress('measuring', units, context);
  for await (const chunk of streamUnits(source, units, {
    byteOrder: checkpoint.byteOrder,
    readOnly: true,
    signal: context.signal,
  })) {
    const { unit, elements, covers } = chunk;
    const state = getOrInsert(running, unit, () => ({
      accumulator: kernels.measure(unit.dtype),
      left: unit.byteLength,
    }));
    await state.accumulator.add(elements);
    await measured?.(chunk);
    state.left -= covers;
    if (state.left === 0) {
      statistics.set(unit.tensor, await state.accumulator.finish());
      running.delete(unit);
    }
    report.advance(unit, covers, state.left === 0);
  }
  return statistics;
}

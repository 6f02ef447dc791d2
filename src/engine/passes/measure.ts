/** The pass over all weights that opening a checkpoint makes. */
import type { Checkpoint } from '../../formats/format';
import type { Accumulator, Awaitable, Kernels } from '../../kernels/kernels';
import { getOrInsert } from '../../lib/maps';
import type { TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext, Progress } from '../protocol';
import type { WeightSource } from '../reading/keptWeights';
import { type Chunk, streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { ScoreSources } from './scoreSources';

/** What every pass works on. */
export interface Measurable {
  readonly source: WeightSource;
  readonly checkpoint: Checkpoint;
  readonly kernels: Kernels;
  readonly beside: ScoreSources;
}

/** What passes over weights as they are need of it. */
export interface Weights {
  readonly source: WeightSource;
  readonly checkpoint: Pick<Checkpoint, 'byteOrder' | 'encoded'>;
  readonly kernels: Kernels;
}

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

/** Counts bytes and tensors of a pass for the page. */
export class UnitProgress {
  private readonly stage: Progress['stage'];
  private readonly context: CallContext;
  private readonly total: number;
  private readonly tensorsTotal: number;
  private done = 0;
  private tensorsDone = 0;

  constructor(stage: Progress['stage'], units: readonly Unit[], context: CallContext) {
    this.stage = stage;
    this.context = context;
    this.total = units.reduce((sum, unit) => sum + unit.byteLength, 0);
    this.tensorsTotal = units.length;
  }

  advance(unit: Unit, bytes: number, finishedTensor: boolean): void {
    this.done += bytes;
    if (finishedTensor) this.tensorsDone++;
    const { stage, done, total, tensorsDone, tensorsTotal } = this;
    this.context.progress({ stage, done, total, tensorsDone, tensorsTotal, tensor: unit.name });
  }
}

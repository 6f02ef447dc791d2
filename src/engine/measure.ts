/** The passes that read weights and change nothing. */
import type { Checkpoint } from '../formats/format';
import type { Accumulator, Kernels } from '../kernels/kernels';
import { getOrInsert } from '../lib/maps';
import type { ByteSource } from '../lib/source';
import { type BinRequest, refinementKey } from '../pruning/resolution';
import type { RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { CallContext, Progress } from './protocol';
import { streamUnits } from './stream';
import type { Unit } from './units';

/** What every pass works on. */
export interface Measurable {
  readonly source: ByteSource;
  readonly checkpoint: Checkpoint;
  readonly kernels: Kernels;
}

/** One pass over all units: statistics by tensor. */
export async function measure(
  { source, checkpoint, kernels }: Measurable,
  units: readonly Unit[],
  context: CallContext,
): Promise<Map<TensorId, TensorStatistics>> {
  const statistics = new Map<TensorId, TensorStatistics>();
  const running = new Map<Unit, { accumulator: Accumulator<TensorStatistics>; left: number }>();
  const report = new UnitProgress('measuring', units, context);
  for await (const { unit, elements, raw } of streamUnits(source, units, {
    byteOrder: checkpoint.byteOrder,
    signal: context.signal,
  })) {
    const state = getOrInsert(running, unit, () => ({
      accumulator: kernels.measure(unit.dtype),
      left: unit.byteLength,
    }));
    state.accumulator.add(elements);
    state.left -= raw.length;
    if (state.left === 0) {
      statistics.set(unit.tensor, state.accumulator.finish());
      running.delete(unit);
    }
    report.advance(unit, raw.length, state.left === 0);
  }
  return statistics;
}

/** One pass over the tensors named in `requests`, in the order of `requests`. Several bins of one tensor share the pass. */
export async function refine(
  { source, checkpoint, kernels }: Measurable,
  units: readonly Unit[],
  requests: readonly BinRequest[],
  context: CallContext,
): Promise<RefinedBin[]> {
  const dtypes = new Map(units.map(({ tensor, dtype }) => [tensor, dtype]));
  const accumulators = new Map<TensorId, Map<string, Accumulator<RefinedBin>>>();
  for (const request of requests) {
    const bins = getOrInsert(accumulators, request.tensor, () => new Map());
    getOrInsert(bins, refinementKey(request), () => kernels.refineBin(dtypes.get(request.tensor)!, request.bin));
  }
  const concerned = units.filter((unit) => accumulators.has(unit.tensor));
  const report = new UnitProgress('refining', concerned, context);
  for await (const { unit, elements, raw } of streamUnits(source, concerned, {
    byteOrder: checkpoint.byteOrder,
    signal: context.signal,
  })) {
    for (const accumulator of accumulators.get(unit.tensor)!.values()) accumulator.add(elements);
    report.advance(unit, raw.length, false);
  }
  const refined = new Map<string, RefinedBin>();
  for (const bins of accumulators.values()) {
    for (const [key, accumulator] of bins) refined.set(key, accumulator.finish());
  }
  return requests.map((request) => refined.get(refinementKey(request))!);
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

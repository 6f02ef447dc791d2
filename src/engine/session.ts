/** One open checkpoint: structure, statistics, and the passes over its weights. Runs in a worker or in Node alike. */
import { openCheckpoint } from '../formats/registry';
import type { Kernels } from '../kernels/kernels';
import { CheckpointError } from '../lib/errors';
import type { ByteSource } from '../lib/source';
import type { BinRequest, Outcome, Placement } from '../pruning/resolution';
import type { RefinedBin } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import { type Measurable, measure, refine } from './measure';
import type { OpenedCheckpoint } from './opened';
import { type Patch, patchesFor } from './patches';
import type { CallContext } from './protocol';
import { layersOf, type Unit, unitsOf } from './units';
import { readWeights } from './weights';

/** Zeros of all weights a recipe decides for, counted as they were written. */
export interface WrittenCounts {
  readonly weights: number;
  readonly zeros: number;
}

export class Session {
  readonly opened: OpenedCheckpoint;
  readonly measurable: Measurable;
  readonly units: readonly Unit[];

  constructor(measurable: Measurable, units: readonly Unit[], opened: OpenedCheckpoint) {
    this.measurable = measurable;
    this.units = units;
    this.opened = opened;
  }

  refine(requests: readonly BinRequest[], context: CallContext): Promise<RefinedBin[]> {
    return refine(this.measurable, this.units, requests, context);
  }

  /** Whole tensors as `outcomes` leave them: see `readWeights`. */
  weights(
    outcomes: ReadonlyMap<TensorId, Outcome>,
    tensors: readonly TensorId[],
    context: CallContext,
  ): Promise<Map<TensorId, Uint8Array<ArrayBuffer>>> {
    return readWeights(this.measurable, this.units, outcomes, tensors, context);
  }

  /**
   * The pruned file as patches to the original (see `patchesFor`), given the outcome for every tensor that is in.
   * @throws CheckpointError `read-only-file`; `internal` if what was written is not what was resolved
   */
  async *patches(outcomes: ReadonlyMap<TensorId, Outcome>, context: CallContext): AsyncGenerator<Patch, WrittenCounts> {
    const { readOnly } = this.opened;
    if (readOnly !== undefined) throw new CheckpointError('read-only-file', readOnly);
    const placements = new Map<TensorId, Placement>();
    for (const [tensor, { placement }] of outcomes) if (placement) placements.set(tensor, placement);
    const counts = yield* patchesFor(this.measurable, this.units, placements, context);
    let weights = 0;
    let zeros = 0;
    for (const [tensor, outcome] of outcomes) {
      const layer = this.opened.layers[tensor]!;
      const written = counts.get(tensor);
      const zerosWritten = written?.zeros ?? layer.statistics?.zeros ?? 0;
      if (zerosWritten !== outcome.zeros || (written && written.pruned !== outcome.pruned)) {
        throw new CheckpointError(
          'internal',
          `${layer.name} was to have ${outcome.zeros} zeros (${outcome.pruned} pruned), but ${zerosWritten} (${written?.pruned ?? 0}) were written.`,
          { tensor: layer.name, advice: 'The file may have changed while it was read. Open it again.' },
        );
      }
      weights += layer.numel;
      zeros += zerosWritten;
    }
    return { weights, zeros };
  }
}

/** Reads the structure, then measures in one pass. */
export async function openSession(
  source: ByteSource,
  fileName: string,
  kernels: Kernels,
  context: CallContext,
): Promise<Session> {
  context.progress({ stage: 'reading structure', done: 0, total: source.size });
  const checkpoint = await openCheckpoint(source, fileName);
  const layers = layersOf(checkpoint);
  const units = unitsOf(checkpoint, layers);
  const measurable = { source, checkpoint, kernels };
  const statistics = await measure(measurable, units, context);
  const opened: OpenedCheckpoint = {
    fileName,
    size: source.size,
    format: checkpoint.format,
    layers: layers.map((layer) => {
      const measured = statistics.get(layer.id);
      return measured ? { ...layer, statistics: measured } : layer;
    }),
    notes: checkpoint.notes,
    ...(checkpoint.readOnly === undefined ? {} : { readOnly: checkpoint.readOnly }),
  };
  return new Session(measurable, units, opened);
}

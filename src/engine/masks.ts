/** Tensors as outcomes leave them: the one place that knows the kinds of masks there are. */
import type { Applier } from '../kernels/kernels';
import type { Outcome } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import type { Measurable } from './measure';
import type { CallContext } from './protocol';
import { type Chunk, streamUnits } from './stream';
import type { Unit } from './units';

/**
 * Streams all `units`, the elements that go set to +0 in each chunk (`scatter` is left to the consumer). Chunks of one
 * unit come in storage order; units without an outcome come as they are in the file.
 * @throws CheckpointError `file-unreadable`, `cancelled`
 */
export async function* prunedChunks(
  { source, checkpoint, kernels }: Measurable,
  units: readonly Unit[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  { signal }: CallContext,
): AsyncGenerator<Chunk> {
  const appliers = new Map<TensorId, Applier>();
  for (const { tensor, dtype } of units) {
    const placement = outcomes.get(tensor)?.placement;
    if (placement) appliers.set(tensor, kernels.applyThreshold(dtype, placement));
  }
  for await (const chunk of streamUnits(source, units, { byteOrder: checkpoint.byteOrder, signal })) {
    appliers.get(chunk.unit.tensor)?.apply(chunk.elements);
    yield chunk;
  }
}

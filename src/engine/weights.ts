/** Whole tensors as a recipe leaves them, for whoever runs the model: elements row by row, little-endian. */
import type { Applier } from '../kernels/kernels';
import { CheckpointError } from '../lib/errors';
import type { Outcome } from '../pruning/resolution';
import { byteWidthOf } from '../tensors/dtype';
import { rowByRow } from '../tensors/layout';
import { numelOf, type TensorId } from '../tensors/tensor';
import { applierFor } from './masks';
import { type Measurable, UnitProgress } from './measure';
import type { CallContext } from './protocol';
import { streamUnits } from './stream';
import type { Unit } from './units';

interface Reading {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly applier: Applier | undefined;
  filled: number;
}

/**
 * One pass over the tensors given; each appears once in the result.
 * @throws CheckpointError `unsupported-feature` for tensors whose weights are not measured
 */
export async function readWeights(
  { source, checkpoint, kernels }: Measurable,
  units: readonly Unit[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  tensors: readonly TensorId[],
  context: CallContext,
): Promise<Map<TensorId, Uint8Array<ArrayBuffer>>> {
  const wanted = new Set(tensors);
  const concerned = units.filter((unit) => wanted.has(unit.tensor));
  const readings = new Map<TensorId, Reading>();
  for (const unit of concerned) {
    const { shape } = checkpoint.tensors[unit.tensor]!;
    readings.set(unit.tensor, {
      bytes: new Uint8Array(numelOf(shape) * byteWidthOf(unit.dtype)),
      applier: applierFor(kernels, unit, outcomes.get(unit.tensor)),
      filled: 0,
    });
  }
  for (const tensor of wanted) {
    if (readings.has(tensor)) continue;
    const name = checkpoint.tensors[tensor]?.name ?? `Tensor ${tensor}`;
    throw new CheckpointError('unsupported-feature', `The weights of ${name} cannot be read.`, { tensor: name });
  }
  const report = new UnitProgress('reading weights', concerned, context);
  const { byteOrder } = checkpoint;
  for await (const { unit, elements, raw } of streamUnits(source, concerned, { byteOrder, signal: context.signal })) {
    const reading = readings.get(unit.tensor)!;
    reading.applier?.apply(elements);
    reading.bytes.set(elements, reading.filled);
    reading.filled += elements.length;
    report.advance(unit, raw.length, reading.filled === reading.bytes.length);
  }
  const weights = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  for (const { tensor, dtype } of concerned) {
    const { shape, strides } = checkpoint.tensors[tensor]!;
    weights.set(tensor, rowByRow(readings.get(tensor)!.bytes, shape, strides, byteWidthOf(dtype)));
  }
  return weights;
}

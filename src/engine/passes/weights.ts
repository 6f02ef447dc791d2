/** Whole tensors as a recipe leaves them, for whoever runs the model: elements row by row, little-endian. */

import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import type { Outcome } from '../../pruning/resolution';
import { byteWidthOf } from '../../tensors/dtype';
import { rowByRow } from '../../tensors/layout';
import { numelOf, type TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { windowBytes } from '../reading/stream';
import type { Unit } from '../reading/units';
import { applyPrograms } from './applyPrograms';
import type { Measurable } from './measurable';
import { UnitProgress } from './unitProgress';

/**
 * One pass over the tensors given; each appears once in the result.
 * @throws CheckpointError `unsupported-feature` for tensors whose weights are not measured
 */
export async function readWeights(
  measurable: Measurable,
  units: readonly Unit[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  tensors: readonly TensorId[],
  context: CallContext,
): Promise<Map<TensorId, Uint8Array<ArrayBuffer>>> {
  const infos = measurable.checkpoint.tensors;
  const wanted = new Set(tensors);
  const concerned = units.filter((unit) => wanted.has(unit.tensor));
  const readings = new Map<TensorId, { bytes: Uint8Array<ArrayBuffer>; filled: number }>();
  for (const { tensor, dtype } of concerned) {
    const byteLength = numelOf(at(infos, tensor).shape) * byteWidthOf(dtype);
    readings.set(tensor, { bytes: new Uint8Array(byteLength), filled: 0 });
  }
  for (const tensor of wanted) {
    if (readings.has(tensor)) continue;
    const name = infos[tensor]?.name ?? `Tensor ${tensor}`;
    throw new CheckpointError('unsupported-feature', `The weights of ${name} cannot be read.`, { tensor: name });
  }
  const report = new UnitProgress('reading weights', concerned, context);
  const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
  const options = { chunkBytes: windowBytes };
  for await (const { chunk } of applyPrograms(measurable, concerned, programs, report, context, options)) {
    const reading = known(readings, chunk.unit.tensor);
    reading.bytes.set(chunk.elements, reading.filled);
    reading.filled += chunk.elements.length;
  }
  const weights = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  for (const { tensor, dtype } of concerned) {
    const { shape, strides } = at(infos, tensor);
    weights.set(tensor, rowByRow(known(readings, tensor).bytes, shape, strides, byteWidthOf(dtype)));
  }
  return weights;
}

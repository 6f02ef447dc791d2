/** What weights are compared with that are ranked relative to their output. */
import { at } from '../../lib/known';
import { type Axes, rowAxesOf } from '../../tensors/axes';
import { numelOf } from '../../tensors/tensor';
import { streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import { groupingOf } from './groupScores';
import type { Factors } from './inputNorms';
import type { Measurable } from './measurable';

/** The largest in single precision: of an output whose weights are all zero, or next to it. */
const largestFactor = (2 - 2 ** -23) * 2 ** 127;

/**
 * One over the root mean square of each output's weights as they are in the file, rounded to f32: one pass over the unit.
 * NaN for an output with a weight that is not finite.
 */
export async function outputScales(
  { source, checkpoint, kernels }: Measurable,
  unit: Unit,
  axes: Axes,
  signal: AbortSignal,
): Promise<Factors> {
  const rows = rowAxesOf({ shape: unit.shape, axes }) ?? [];
  const grouping = groupingOf(unit, { kind: 'outputs', axes: rows.map((axis) => ({ axis, size: 1 })), norm: 2 });
  const accumulator = kernels.groupNorms(unit.dtype, grouping, 2);
  const options = { byteOrder: checkpoint.byteOrder, readOnly: true, signal };
  for await (const { elements } of streamUnits(source, [unit], options)) await accumulator.add(elements);
  const { norms } = await accumulator.finish();
  const root = Math.sqrt(numelOf(unit.shape) / norms.length);
  const scales = Float32Array.from(norms, (norm) => Math.min(root / norm, largestFactor));
  return spread(scales, unit, rows);
}

/** One for each run of elements in storage that lie in the same output. */
function spread(scales: Float32Array, { shape, strides }: Unit, rows: readonly number[]): Factors {
  const outer = rows
    .map((axis) => ({ size: at(shape, axis), stride: at(strides, axis) }))
    .filter(({ size }) => size > 1);
  const run = Math.min(numelOf(shape), ...outer.map(({ stride }) => stride));
  const turn = Math.max(run, ...outer.map(({ size, stride }) => size * stride));
  const factors = new Float32Array(turn / run);
  for (let i = 0; i < factors.length; i++) {
    let output = 0;
    for (const { size, stride } of outer) output = output * size + (Math.floor((i * run) / stride) % size);
    factors[i] = at(scales, output);
  }
  return { factors, stride: run };
}

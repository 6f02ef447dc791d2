/** What of a pair can be looked at like a tensor: the one, the other in the first one's order, and their difference. */
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import type { ComparedTensor } from '../../tensors/comparison/comparison';
import { byteWidthOf } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import { numelOf } from '../../tensors/tensor';
import type { Weights } from '../passes/measurable';
import { TensorReader } from '../reading/reference';
import { streamRuns } from '../reading/streamRuns';
import type { Piece, Unit } from '../reading/units';
import { chunksOf, type Side } from './side';
import type { Placed } from './sums';
import { isSameOrder, TurnedPlaces, turnedStrides } from './turns';

/** Which tensors, by their places in the two checkpoints. */
export type PairOf = Pick<ComparedTensor, 'before' | 'after' | 'turned'>;

export type PairPart = 'before' | 'after' | 'difference';

/** A tensor as passes take it. */
export type Readable = Pick<Weights, 'source'> & { readonly byteOrder: 'little' | 'big'; readonly unit: Unit };

/** Larger tensors that are stored in another order are not held to be taken from the first. */
const mostHeld = 256 * 2 ** 20;

/** @returns undefined where there is none of it: a side that lacks the tensor, numbers that are not read */
export async function readableOf(
  first: Side,
  second: Side,
  pair: PairOf,
  part: PairPart,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  const one = placedOf(first, pair.before);
  const other = placedOf(second, pair.after);
  if (part === 'before') return one && readable(one);
  if (part === 'after') return other && readable(other, one && pair.turned);
  return one && other && differenceOf(one, other, pair.turned, signal);
}

function placedOf(side: Side, tensor: number | undefined): Placed | undefined {
  const unit = tensor === undefined ? undefined : side.units.get(tensor);
  return unit && { side, unit };
}

/** Seen along other dimensions it is the same elements. */
function readable({ side: { source, checkpoint }, unit }: Placed, order?: readonly number[]): Readable {
  const seen = order
    ? { shape: order.map((axis) => at(unit.shape, axis)), strides: turnedStrides(unit.strides, order) }
    : {};
  return { source, byteOrder: checkpoint.byteOrder, unit: { ...unit, ...seen } };
}

/** Elements `[first, first + count)` as a tensor has them in storage. */
type Elements = (first: number, count: number) => Promise<ArrayLike<number>>;

async function differenceOf(
  one: Placed,
  other: Placed,
  turned: readonly number[] | undefined,
  signal: AbortSignal,
): Promise<Readable> {
  const order = turned ?? one.unit.shape.map((_, axis) => axis);
  if (one.unit.shape.some((size, axis) => size !== other.unit.shape[at(order, axis)])) {
    throw new CheckpointError('internal', `${one.unit.name} and ${other.unit.name} are of different shapes.`);
  }
  const { shape, strides } = one.unit;
  const others = turnedStrides(other.unit.strides, order);
  const isAlike = isSameOrder(order) && shape.every((size, axis) => size <= 1 || strides[axis] === others[axis]);
  const [before, after] = await Promise.all([
    elementsOf(one, signal),
    isAlike ? elementsOf(other, signal) : turnedElements(one.unit, other, others, signal),
  ]);
  const isDouble = one.unit.dtype === 'F64' || other.unit.dtype === 'F64';
  const dtype = isDouble ? 'F64' : 'F32';
  const width = byteWidthOf(dtype);
  const size = numelOf(shape) * width;
  const source: ByteSource = {
    size,
    async read(offset, length) {
      const first = Math.floor(offset / width);
      const count = Math.ceil((offset + length) / width) - first;
      const [x, y] = await Promise.all([before(first, count), after(first, count)]);
      const difference = isDouble ? new Float64Array(count) : new Float32Array(count);
      for (let i = 0; i < count; i++) difference[i] = y[i]! - x[i]!;
      return new Uint8Array(difference.buffer, offset - first * width, length);
    },
  };
  const pieces: Piece[] = [];
  const { axes: _, ...plain } = one.unit;
  const unit: Unit = { ...plain, dtype, pieces, byteLength: size };
  pieces.push({ unit, start: 0, end: size });
  return { source, byteOrder: 'little', unit };
}

/** Read when they are asked for, but for those with gaps between them, which are held. */
async function elementsOf(placed: Placed, signal: AbortSignal): Promise<Elements> {
  const { side, unit } = placed;
  if (unit.axes) {
    const all = await heldOf(placed, signal);
    return async (first, count) => all.subarray(first, first + count);
  }
  const width = byteWidthOf(unit.dtype);
  return async (first, count) => {
    const bytes = new Uint8Array(count * width);
    const options = { byteOrder: side.checkpoint.byteOrder, readOnly: true, signal };
    for await (const { chunk, place } of streamRuns(
      side.source,
      unit,
      [{ start: first, end: first + count }],
      options,
    )) {
      bytes.set(chunk.elements, (place - first) * width);
    }
    return numbersOf(unit.dtype, bytes);
  };
}

async function turnedElements(
  { shape, strides }: Unit,
  other: Placed,
  others: readonly number[],
  signal: AbortSignal,
): Promise<Elements> {
  const all = await heldOf(other, signal);
  const places = new Float64Array(all.length);
  new TurnedPlaces(shape, strides, others).next(places);
  const turned = all.slice();
  for (let i = 0; i < places.length; i++) turned[i] = all[places[i]!]!;
  return async (first, count) => turned.subarray(first, first + count);
}

async function heldOf({ side, unit }: Placed, signal: AbortSignal): Promise<Float32Array | Float64Array> {
  const count = numelOf(unit.shape);
  if (count * byteWidthOf(unit.dtype) > mostHeld) {
    throw new CheckpointError(
      'unsupported-feature',
      `${unit.name} is stored in another order than its partner, and too large to be turned for a picture of the difference.`,
      { tensor: unit.name, advice: 'Look at the two over each other.' },
    );
  }
  return numbersOf(unit.dtype, await new TensorReader(unit, chunksOf(side, unit, signal)).read(count));
}

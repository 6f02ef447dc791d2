/** Two tensors read beside each other, in bounded memory whatever their sizes and orders are. */
import { byteWidthOf } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import { numelOf } from '../../tensors/tensor';
import type { Chunk } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { DifferenceSums } from './difference';
import { chunksOf, type Side } from './side';
import { TurnedPlaces, turnedStrides } from './turns';

/** Of the second tensor, where its elements are stored in another order: so much of it is held while all of the first goes by. */
const heldBytes = 64 * 2 ** 20;

/** A tensor of a checkpoint. */
export interface Placed {
  readonly side: Side;
  readonly unit: Unit;
}

/**
 * @param order which dimension of the second each of the first is
 * @param advance told of elements of the first that are done
 * @throws CheckpointError `file-unreadable`, `cancelled`
 */
export async function addPair(
  sums: DifferenceSums,
  one: Placed,
  other: Placed,
  order: readonly number[],
  signal: AbortSignal,
  advance: (elements: number) => void,
): Promise<void> {
  const others = turnedStrides(other.unit.strides, order);
  if (isStoredAlike(one.unit, others)) return addAligned(sums, one, other, signal, advance);
  const { shape, strides, dtype } = one.unit;
  const total = numelOf(shape);
  const width = byteWidthOf(other.unit.dtype);
  const passes = Math.ceil((total * width) / heldBytes);
  for await (const held of bandsOf(other, signal)) {
    const places = new TurnedPlaces(shape, strides, others);
    for await (const { elements } of chunksOf(one.side, one.unit, signal)) {
      const numbers = numbersOf(dtype, elements);
      const at = new Float64Array(numbers.length);
      places.next(at);
      const [x, y] = [new Float64Array(numbers.length), new Float64Array(numbers.length)];
      let found = 0;
      for (let i = 0; i < at.length; i++) {
        const place = at[i]! - held.first;
        if (place < 0 || place >= held.numbers.length) continue;
        x[found] = numbers[i]!;
        y[found++] = held.numbers[place]!;
      }
      sums.add(x.subarray(0, found), y.subarray(0, found));
      advance(numbers.length / passes);
    }
  }
}

/** Dimensions of size 1 have strides that say nothing. */
function isStoredAlike({ shape, strides }: Unit, others: readonly number[]): boolean {
  return shape.every((size, axis) => size <= 1 || strides[axis] === others[axis]);
}

async function addAligned(
  sums: DifferenceSums,
  one: Placed,
  other: Placed,
  signal: AbortSignal,
  advance: (elements: number) => void,
): Promise<void> {
  const [a, b] = [new Numbers(one, signal), new Numbers(other, signal)];
  try {
    for (;;) {
      // Asked for together: neither waits for the other's reads.
      const [left, right] = await Promise.all([a.available(), b.available()]);
      const count = Math.min(left, right);
      if (count === 0) return;
      sums.add(a.take(count), b.take(count));
      advance(count);
    }
  } finally {
    await Promise.all([a.end(), b.end()]);
  }
}

/** The elements of a tensor in the order of its storage, as they come. */
class Numbers {
  private readonly dtype: Unit['dtype'];
  private readonly chunks: AsyncGenerator<Chunk>;
  private numbers: Float32Array | Float64Array = new Float32Array(0);

  constructor({ side, unit }: Placed, signal: AbortSignal) {
    this.dtype = unit.dtype;
    this.chunks = chunksOf(side, unit, signal);
  }

  /** How many can be taken now; 0 at the end. */
  async available(): Promise<number> {
    if (this.numbers.length === 0) {
      const next = await this.chunks.next();
      if (!next.done) this.numbers = numbersOf(this.dtype, next.value.elements);
    }
    return this.numbers.length;
  }

  take(count: number): Float32Array | Float64Array {
    const taken = this.numbers.subarray(0, count);
    this.numbers = this.numbers.subarray(count);
    return taken;
  }

  async end(): Promise<void> {
    await this.chunks.return(undefined);
  }
}

/** A tensor in runs of at most `heldBytes`, as it is stored. */
async function* bandsOf(
  { side, unit }: Placed,
  signal: AbortSignal,
): AsyncGenerator<{ readonly first: number; readonly numbers: Float32Array | Float64Array }> {
  const width = byteWidthOf(unit.dtype);
  const total = numelOf(unit.shape);
  const most = Math.floor(heldBytes / width);
  let first = 0;
  let band = new Uint8Array(Math.min(most, total) * width);
  let filled = 0;
  for await (const { elements } of chunksOf(side, unit, signal)) {
    for (let from = 0; from < elements.length; ) {
      const taken = elements.subarray(from, from + band.length - filled);
      band.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < band.length) continue;
      const numbers = numbersOf(unit.dtype, band);
      yield { first, numbers };
      first += numbers.length;
      filled = 0;
      const left = Math.min(most, total - first);
      if (left * width !== band.length) band = new Uint8Array(left * width);
    }
  }
}

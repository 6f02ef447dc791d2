/** What of one checkpoint is equal to, changed from, or missing in another: one pass over both, tensor by tensor. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { ByteSource } from '../../lib/source';
import { splicedSource } from '../../lib/splice';
import { bitsOf, byteWidthOf, type Dtype } from '../../tensors/dtype';
import { rowByRow } from '../../tensors/layout';
import { isRowByRow, memoryOrder, stridesWithoutGaps } from '../../tensors/memoryOrder';
import { numbersOf } from '../../tensors/numbers';
import { numelOf, type TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { TensorReader } from '../reading/reference';
import { streamUnits } from '../reading/stream';
import { fileRanges, type Unit } from '../reading/units';
import type { Session } from '../session';
import { type Difference, DifferenceSums } from './difference';
import { type MatchedBy, type Pair, pairsOf } from './pairs';

export interface ComparedTensor {
  /** In the first, or where it is only in the second, there. */
  readonly name: string;
  /** In the second, where that is another. */
  readonly otherName?: string;
  readonly by?: MatchedBy;
  readonly state: 'equal' | 'changed' | 'only before' | 'only after' | 'other shape' | 'not compared';
  readonly dtype: Dtype;
  readonly otherDtype?: Dtype;
  readonly shape: readonly number[];
  readonly otherShape?: readonly number[];
  /** Of what was compared. */
  readonly difference?: Difference;
  readonly why?: string;
}

export interface Comparison {
  readonly before: string;
  readonly after: string;
  /** In the order of the first; then what only the second has. */
  readonly tensors: readonly ComparedTensor[];
}

/** Elements at a time. */
const pieceElements = 2 ** 18;
/** Tensors that are stored in different orders are held whole, up to so many bytes. */
const mostHeld = 2 ** 30;
/** From the beginning of each, where content tells which is which. */
const probeElements = 4096;

interface Side {
  readonly session: Session;
  readonly units: ReadonlyMap<TensorId, Unit>;
}

/**
 * Tied names once. Floating point tensors by their numbers, whatever their dtypes; others byte by byte, where they lie in one order.
 * @throws CheckpointError `file-unreadable`, `cancelled`
 */
export async function compare(before: Session, after: Session, context: CallContext): Promise<Comparison> {
  const sides = [before, after].map((session) => sideOf(session));
  const [first, second] = [at(sides, 0), at(sides, 1)];
  const own = ({ session: { opened } }: Side) => opened.layers.filter(({ sameAs }) => sameAs === undefined);
  // A tensor is held against all others of its shape, and read once.
  const probes = [first, second].map((side) => {
    const known = new Map<TensorId, ReturnType<typeof probe>>();
    return (id: TensorId) => getOrInsert(known, id, () => probe(side, id, context));
  });
  const { pairs, onlyBefore, onlyAfter } = await pairsOf(own(first), own(second), async (one, other) => {
    const [a, b] = await Promise.all([at(probes, 0)(one.id), at(probes, 1)(other.id)]);
    if (!a || !b) return 0;
    const sums = new DifferenceSums();
    sums.add(a, b);
    return sums.difference.cosine ?? 0;
  });
  const total = pairs.reduce((sum, { before: { numel, dtype } }) => sum + (numel * bitsOf(dtype)) / 8, 0);
  let done = 0;
  const tensors: ComparedTensor[] = [];
  for (const [i, pair] of pairs.entries()) {
    const progress = (elements: number) => {
      done += (elements * bitsOf(pair.before.dtype)) / 8;
      context.progress({ stage: 'comparing', done, total, tensorsDone: i, tensorsTotal: pairs.length });
    };
    tensors.push(await compared(pair, first, second, context, progress));
  }
  const only = (state: 'only before' | 'only after') => (layer: (typeof onlyBefore)[number]) => ({
    name: layer.name,
    state,
    dtype: layer.dtype,
    shape: layer.shape,
  });
  return {
    before: before.opened.fileName,
    after: after.opened.fileName,
    tensors: [...tensors, ...onlyBefore.map(only('only before')), ...onlyAfter.map(only('only after'))],
  };
}

function sideOf(session: Session): Side {
  return { session, units: new Map(session.units.map((unit) => [unit.tensor, unit])) };
}

type Layer = Session['opened']['layers'][number];

async function compared(
  { before, after, by }: Pair<Layer>,
  first: Side,
  second: Side,
  context: CallContext,
  progress: (elements: number) => void,
): Promise<ComparedTensor> {
  const about = {
    name: before.name,
    ...(after.name !== before.name && { otherName: after.name }),
    by,
    dtype: before.dtype,
    ...(after.dtype !== before.dtype && { otherDtype: after.dtype }),
    shape: before.shape,
    ...(after.shape.join() !== before.shape.join() && { otherShape: after.shape }),
  };
  const [one, other] = [first.units.get(before.id), second.units.get(after.id)];
  if (!one || !other) {
    const [a, b] = [rawOf(first, before.id), rawOf(second, after.id)];
    if (a && b && before.dtype === after.dtype && !about.otherShape) {
      return { ...about, state: (await sameBytes(a, b)) ? 'equal' : 'changed' };
    }
    return { ...about, state: 'not compared', why: (one ? after : before).reason ?? 'it is not read' };
  }
  const isTransposed = about.otherShape !== undefined && isTransposeOf(before.shape, after.shape);
  if (about.otherShape && !isTransposed) return { ...about, state: 'other shape' };
  const sums = new DifferenceSums();
  if (!isTransposed && one.strides.join() === other.strides.join()) {
    const readers = [readerOf(first, one, context), readerOf(second, other, context)];
    for (let left = before.numel; left > 0; left -= pieceElements) {
      const elements = Math.min(left, pieceElements);
      const [a, b] = await Promise.all(readers.map((reader) => reader.read(elements)));
      if (a && b) sums.add(numbersOf(one.dtype, a), numbersOf(other.dtype, b));
      progress(elements);
    }
  } else {
    if (before.numel * byteWidthOf(one.dtype) > mostHeld) {
      return { ...about, state: 'not compared', why: 'it is stored in another order, and too large to be turned' };
    }
    const turned = isTransposed ? { shape: before.shape, strides: [...other.strides].reverse() } : {};
    sums.add(await wholeOf(first, one, context), await wholeOf(second, { ...other, ...turned }, context));
    progress(before.numel);
  }
  const { difference } = sums;
  return { ...about, state: difference.changed === 0 ? 'equal' : 'changed', difference };
}

/** The bytes of a tensor whose numbers are not read, where they lie row by row. */
function rawOf({ session: { measurable } }: Side, id: TensorId): ByteSource | undefined {
  const { source, checkpoint } = measurable;
  const { dtype, shape, strides, storage, storageOffset } = at(checkpoint.tensors, id);
  const bits = bitsOf(dtype);
  const isPlain = storage >= 0 && bits >= 8 && strides.join() === stridesWithoutGaps(shape, strides).join();
  if (!isPlain || !isRowByRow(memoryOrder(shape, strides))) return undefined;
  const width = bits / 8;
  const ranges = fileRanges(at(checkpoint.storages, storage), storageOffset * width, numelOf(shape) * width);
  return splicedSource([...ranges].map(({ fileStart: start, length }) => ({ source, start, end: start + length })));
}

async function sameBytes(one: ByteSource, other: ByteSource): Promise<boolean> {
  if (one.size !== other.size) return false;
  for (let from = 0; from < one.size; from += pieceElements) {
    const length = Math.min(pieceElements, one.size - from);
    const [a, b] = await Promise.all([one.read(from, length), other.read(from, length)]);
    if (!a.every((byte, i) => byte === b[i])) return false;
  }
  return true;
}

function isTransposeOf(one: readonly number[], other: readonly number[]): boolean {
  return one.length === 2 && other.length === 2 && one[0] === other[1] && one[1] === other[0];
}

function readerOf({ session: { measurable } }: Side, unit: Unit, { signal }: CallContext): TensorReader {
  const { source, checkpoint } = measurable;
  return new TensorReader(
    unit,
    streamUnits(source, [unit], { byteOrder: checkpoint.byteOrder, readOnly: true, signal }),
  );
}

/** The first elements, in the order in which they are stored; undefined where they are not read. */
async function probe(side: Side, tensor: TensorId, context: CallContext): Promise<ArrayLike<number> | undefined> {
  const unit = side.units.get(tensor);
  if (!unit) return undefined;
  const bytes = await readerOf(side, unit, context).read(Math.min(numelOf(unit.shape), probeElements));
  return numbersOf(unit.dtype, bytes);
}

async function wholeOf(side: Side, unit: Unit, context: CallContext): Promise<ArrayLike<number>> {
  const { shape, strides, dtype } = unit;
  const bytes = await readerOf(side, unit, context).read(numelOf(shape));
  return numbersOf(dtype, rowByRow(bytes, shape, strides, byteWidthOf(dtype)));
}

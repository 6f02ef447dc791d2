/** What of one checkpoint is equal to, changed from, or missing in another: one pass over both, tensor by tensor. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { ByteSource } from '../../lib/source';
import type { ComparedTensor, Comparison } from '../../tensors/comparison/comparison';
import { bitsOf } from '../../tensors/dtype';
import type { CallContext } from '../callContext';
import type { Layer } from '../opened';
import { DifferenceSums, roundingOf } from './difference';
import { type Pair, pairsOf } from './pairs';
import { headOf, rawOf, type Side } from './side';
import { addPair } from './sums';
import { isSameOrder, ordersBetween } from './turns';

/** From the beginning of each, where content tells which is which. */
const headElements = 2048;
/** Pairs under way at a time: the reads of one go on while another is summed. */
const pairsAtATime = 3;
/** Bytes that are read raw at a time. */
const rawBytes = 2 ** 20;

/**
 * Tied names once. Numbers by their values, whatever their dtypes; others byte by byte, where they lie in one order.
 * @throws CheckpointError `file-unreadable`, `cancelled`
 */
export async function compare(first: Side, second: Side, context: CallContext): Promise<Comparison> {
  const likeness = likenessBetween(first, second, context.signal);
  const own = ({ layers }: Side) => layers.filter(({ sameAs }) => sameAs === undefined);
  const { pairs, onlyBefore, onlyAfter } = await pairsOf(own(first), own(second), async (one, other) =>
    Math.max(-1, ...(await Promise.all(ordersBetween(one.shape, other.shape).map((o) => likeness(one, other, o))))),
  );
  const total = pairs.reduce((sum, { before }) => sum + bytesOf(before, before.numel), 0);
  let done = 0;
  let tensorsDone = 0;
  const tensors: ComparedTensor[] = [];
  const waiting = pairs.entries();
  const work = async () => {
    for (const [i, pair] of waiting) {
      const order = await orderOf(pair, likeness);
      tensors[i] = await compared(pair, order, first, second, context.signal, (elements) => {
        done += bytesOf(pair.before, elements);
        context.progress({ stage: 'comparing', done, total, tensorsDone, tensorsTotal: pairs.length });
      });
      tensorsDone++;
    }
  };
  await Promise.all(Array.from({ length: pairsAtATime }, work));
  const only = ({ name, dtype, shape }: Layer) => ({ name, dtype, shape });
  return {
    before: first.fileName,
    after: second.fileName,
    tensors: [
      ...tensors,
      ...onlyBefore.map((layer) => ({ ...only(layer), before: layer.id, state: 'only before' as const })),
      ...onlyAfter.map((layer) => ({ ...only(layer), after: layer.id, state: 'only after' as const })),
    ],
  };
}

function bytesOf({ dtype }: Layer, elements: number): number {
  return (elements * bitsOf(dtype)) / 8;
}

/** How alike two tensors begin, the second with its dimensions in an order: a tensor is held against many, and read once. */
function likenessBetween(first: Side, second: Side, signal: AbortSignal) {
  const heads = new Map<string, Promise<Float32Array | undefined>>();
  const head = (side: Side, { id }: Layer, order: readonly number[]) =>
    getOrInsert(heads, `${side === first ? 'first' : 'second'} ${id} ${order}`, async () => {
      const read = await headOf(side, id, order, headElements, signal);
      return read && centred(read);
    });
  return async (one: Layer, other: Layer, order: readonly number[]) => {
    const identity = one.shape.map((_, axis) => axis);
    const [a, b] = await Promise.all([head(first, one, identity), head(second, other, order)]);
    if (!a || !b) return 0;
    let product = 0;
    for (let i = 0; i < a.length; i++) product += at(a, i) * at(b, i);
    return product;
  };
}

/** As a vector of length 1 around its mean: scales and shifts of norms are all about 1. What is all alike is one value repeated. */
function centred(values: ArrayLike<number>): Float32Array {
  const finite = Float32Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length);
  const away = finite.map((value) => value - mean);
  const length = Math.sqrt(away.reduce((sum, value) => sum + value * value, 0));
  const same = Math.sign(mean) / Math.sqrt(Math.max(1, finite.length));
  return length === 0 ? finite.map(() => same) : away.map((value) => value / length);
}

/** Where several ways to turn the second fit, the one in which it begins like the first. */
async function orderOf({ before, after, by }: Pair<Layer>, likeness: ReturnType<typeof likenessBetween>) {
  const orders = ordersBetween(before.shape, after.shape);
  const isNamed = by === 'name' || by === 'end of the name';
  if (orders.length < 2 || (isNamed && isSameOrder(at(orders, 0)))) return orders[0];
  const alike = await Promise.all(orders.map((order) => likeness(before, after, order)));
  return at(orders, alike.indexOf(Math.max(...alike)));
}

async function compared(
  { before, after, by }: Pair<Layer>,
  order: readonly number[] | undefined,
  first: Side,
  second: Side,
  signal: AbortSignal,
  advance: (elements: number) => void,
): Promise<ComparedTensor> {
  const isOtherShape = after.shape.join() !== before.shape.join();
  const about = {
    name: before.name,
    ...(after.name !== before.name && { otherName: after.name }),
    before: before.id,
    after: after.id,
    by,
    dtype: before.dtype,
    ...(after.dtype !== before.dtype && { otherDtype: after.dtype }),
    shape: before.shape,
    ...(isOtherShape && { otherShape: after.shape }),
  };
  if (!order) return { ...about, state: 'other shape' };
  const turned = isSameOrder(order) ? {} : { turned: order };
  const [one, other] = [first.units.get(before.id), second.units.get(after.id)];
  if (!one || !other) {
    const [a, b] = [rawOf(first, before.id), rawOf(second, after.id)];
    if (a && b && before.dtype === after.dtype && !isOtherShape) {
      return { ...about, state: (await sameBytes(a, b)) ? 'equal' : 'changed' };
    }
    return { ...about, state: 'not compared', why: (one ? after : before).reason ?? 'it is not read' };
  }
  const sums = new DifferenceSums(roundingOf(one.dtype, other.dtype));
  await addPair(sums, { side: first, unit: one }, { side: second, unit: other }, order, signal, advance);
  const { difference } = sums;
  return { ...about, ...turned, state: difference.changed === 0 ? 'equal' : 'changed', difference };
}

async function sameBytes(one: ByteSource, other: ByteSource): Promise<boolean> {
  if (one.size !== other.size) return false;
  for (let from = 0; from < one.size; from += rawBytes) {
    const length = Math.min(rawBytes, one.size - from);
    const [a, b] = await Promise.all([one.read(from, length), other.read(from, length)]);
    if (!a.every((byte, i) => byte === b[i])) return false;
  }
  return true;
}

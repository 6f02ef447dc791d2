/** Damage that any file may have, whatever its format: of a disk, of a download, of whoever writes lengths that lie. */
import type { Random } from '../random';
import { type Bytes, joined, type Mutation, someRange } from './mutation';

/** Where programs go wrong: ends of the ranges of integers and of exact floats. */
const edges = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 8n,
  2n ** 64n - 1n,
];

const changed: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let left = 1 + random.below(8); left > 0; left--) copy[random.below(copy.length)] = random.below(256);
  return copy;
};

const bitFlipped: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
};

/** Structures begin and end where other bytes than before and behind them begin: there, or anywhere. */
function boundary(bytes: Bytes, random: Random): number {
  const start = random.below(bytes.length);
  if (random.chance(0.3)) return start;
  for (let at = start + 1; at < bytes.length; at++) if ((bytes[at] === 0) !== (bytes[at - 1] === 0)) return at;
  return start;
}

const cut: Mutation = (bytes, random) => bytes.slice(0, boundary(bytes, random));

const cutInFront: Mutation = (bytes, random) => bytes.slice(boundary(bytes, random));

const extended: Mutation = (bytes, random) =>
  joined(
    bytes,
    Uint8Array.from({ length: 1 + random.below(200) }, () => random.below(256)),
  );

const twice: Mutation = (bytes) => joined(bytes, bytes);

const removed: Mutation = (bytes, random) => {
  const [start, end] = someRange(bytes.length, random, 256);
  return joined(bytes.subarray(0, start), bytes.subarray(end));
};

const repeated: Mutation = (bytes, random) => {
  const [start, end] = someRange(bytes.length, random, 256);
  return joined(bytes.subarray(0, end), bytes.subarray(start));
};

const copiedOver: Mutation = (bytes, random) => {
  const [start, end] = someRange(bytes.length, random, 256);
  const copy = bytes.slice();
  copy.copyWithin(random.below(bytes.length), start, end);
  return copy;
};

const filled: Mutation = (bytes, random) => {
  const [start, end] = someRange(bytes.length, random, 64);
  return bytes.slice().fill(random.pick([0, 0xff, 0x80, 0x20]), start, end);
};

/** What may be a length, an offset or a count (less than the file is long, not 0) says something else. */
const lying: Mutation = (bytes, random) => {
  if (bytes.length < 16) return undefined;
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const width = random.pick([2, 4, 4, 8, 8]);
  const little = random.chance(0.8);
  const reach = random.chance(0.5) ? Math.min(bytes.length, 512) : bytes.length;
  let at = random.below(reach - width);
  for (let tries = 0; tries < 200; tries++, at = random.below(reach - width)) {
    const value = readNumber(view, at, width, little);
    if (value > 0n && value <= BigInt(bytes.length)) break;
  }
  const told = readNumber(view, at, width, little);
  const size = BigInt(bytes.length);
  const lie = random.pick([told - 1n, told + 1n, told * 2n, told + size, size, size - 1n, size + 1n, -told, ...edges]);
  writeNumber(view, at, width, little, BigInt.asUintN(8 * width, lie));
  return copy;
};

function readNumber(view: DataView, at: number, width: number, little: boolean): bigint {
  if (width === 8) return view.getBigUint64(at, little);
  return BigInt(width === 4 ? view.getUint32(at, little) : view.getUint16(at, little));
}

function writeNumber(view: DataView, at: number, width: number, little: boolean, value: bigint): void {
  if (width === 8) view.setBigUint64(at, value, little);
  else if (width === 4) view.setUint32(at, Number(value), little);
  else view.setUint16(at, Number(value), little);
}

/** Lies come often: most of what a reader believes is a number. */
export const byteMutations: readonly Mutation[] = [
  lying,
  lying,
  lying,
  lying,
  changed,
  bitFlipped,
  cut,
  cut,
  cutInFront,
  extended,
  twice,
  removed,
  repeated,
  copiedOver,
  filled,
];

/** One way to damage a file. */
import type { Random } from '../random';

export type Bytes = Uint8Array<ArrayBuffer>;

/** The damaged file; undefined where this way does not fit the file. */
export type Mutation = (bytes: Bytes, random: Random) => Bytes | undefined | Promise<Bytes | undefined>;

export function joined(...pieces: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Between two places `start ≤ end` of what has `length` of them. */
export function someRange(length: number, random: Random, most = length): readonly [number, number] {
  const start = random.below(length);
  return [start, Math.min(length, start + 1 + random.below(Math.min(most, length - start)))];
}

/** One item removed, doubled, moved, or two swapped. */
export function rearranged<Item>(items: readonly Item[], random: Random): Item[] {
  const list = [...items];
  const at = random.below(list.length);
  const other = random.below(list.length);
  switch (random.below(4)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(other, 0, list[at]!);
      break;
    case 2:
      list.splice(other, 0, ...list.splice(at, 1));
      break;
    default:
      [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}

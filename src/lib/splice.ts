/** Files that are put together of others: nothing is copied before they are written. */
import { at } from './known';
import { lastIndexWhere } from './search';
import type { ByteSink, Extent } from './sink';
import { assertRange, type ByteSource } from './source';

/** One behind the other, without gaps. */
export type Splice = readonly (Extent | Uint8Array<ArrayBuffer>)[];

export function lengthOf(splice: Splice): number {
  return splice.reduce((sum, each) => sum + lengthOfOne(each), 0);
}

function lengthOfOne(each: Splice[number]): number {
  return each instanceof Uint8Array ? each.length : each.end - each.start;
}

/** The same bytes: neighbours in a source are one extent, so that a file of which all has changed is made of few. */
export function joined(splice: Splice): Splice {
  const joined: Splice[number][] = [];
  for (const each of splice) {
    if (lengthOfOne(each) === 0) continue;
    const last = joined.at(-1);
    if (!(each instanceof Uint8Array) && last && !(last instanceof Uint8Array)) {
      if (last.source === each.source && last.end === each.start) {
        joined[joined.length - 1] = { ...last, end: each.end };
        continue;
      }
    }
    joined.push(each);
  }
  return joined;
}

/** @returns how many bytes were written, from the start of the file */
export async function writeSplice(sink: ByteSink, splice: Splice): Promise<number> {
  let written = 0;
  for (const each of joined(splice)) {
    if (each instanceof Uint8Array) await sink.put(written, each);
    else await sink.copy(each, written);
    written += lengthOfOne(each);
  }
  return written;
}

/** Reads where the bytes are. */
export function splicedSource(splice: Splice): ByteSource {
  const pieces = joined(splice);
  const starts: number[] = [];
  let size = 0;
  for (const each of pieces) {
    starts.push(size);
    size += lengthOfOne(each);
  }
  const readOne = (index: number, start: number, end: number): Promise<Uint8Array> | Uint8Array => {
    const each = at(pieces, index);
    const begin = at(starts, index);
    if (each instanceof Uint8Array) return each.slice(start - begin, end - begin);
    return each.source.read(each.start + start - begin, end - start);
  };
  return {
    size,
    async read(offset, length) {
      assertRange({ size }, offset, length);
      const end = offset + length;
      const first = lastIndexWhere(starts, (start) => start <= offset);
      const endOf = (index: number) => starts[index + 1] ?? size;
      if (length > 0 && end <= endOf(first)) return readOne(first, offset, end);
      const bytes = new Uint8Array(length);
      for (let position = offset, index = first; position < end; index++) {
        const until = Math.min(end, endOf(index));
        bytes.set(await readOne(index, position, until), position - offset);
        position = until;
      }
      return bytes;
    },
  };
}

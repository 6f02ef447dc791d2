/** The files that one byte source is made of, one behind the other. */
import { at } from './known';
import { assertRange, type ByteSource } from './source';
import { splicedSource } from './splice';

/** Bytes `[start, end)` of the source are those of one file. */
export interface Part {
  /** The file's own name, without folders. */
  readonly name: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The table of files that lie one behind the other in the order given. */
export function partsOf(files: readonly { readonly name: string; readonly size: number }[]): Part[] {
  let start = 0;
  return files.map(({ name, size }) => {
    const part = { name, start, end: start + size };
    start = part.end;
    return part;
  });
}

/** The table of a source that is a single file. */
export function wholeFile({ size }: { readonly size: number }, name: string): Part[] {
  return partsOf([{ name, size }]);
}

/** The file that a checkpoint is called by, and that says its format. */
export function firstPart(parts: readonly Part[]): Part {
  return at(parts, 0);
}

/** Sources one behind the other, as `new Blob(files)` is for files in a browser: nothing is read until it is asked for. */
export function joinedSource(sources: readonly ByteSource[]): ByteSource {
  const [only, ...others] = sources;
  return only && others.length === 0
    ? only
    : splicedSource(sources.map((source) => ({ source, start: 0, end: source.size })));
}

/** The bytes of one file as a source of their own. */
export function sourceOfPart(source: ByteSource, { start, end }: Part): ByteSource {
  if (start === 0 && end === source.size) return source;
  const part = { size: end - start };
  return {
    ...part,
    async read(offset, length) {
      assertRange(part, offset, length);
      return source.read(start + offset, length);
    },
    ...(source.recycle && { recycle: (bytes: Uint8Array) => source.recycle?.(bytes) }),
  };
}

/** Reads elements that stand in the file in another form, as if they lay behind its end: varints as two bytes each. */
import { later } from '../../lib/later';
import { lastIndexWhere } from '../../lib/search';
import type { ByteSource } from '../../lib/source';
import { type EncodedElements, isQuantised, isSparse } from '../../tensors/encodedElements';
import type { ByteRange } from '../../tensors/tensor';
import {
  decodeVarints,
  elementBytes,
  markedElements,
  skipVarints,
  type VarintElements,
} from '../../tensors/varintElements';

/** What decodes blocks, and sparse tensors: most files have none. */
const quantised = later(() => import('./quantisedSource'));
const sparse = later(() => import('./sparseSource'));

/** Segments this close together are read in one go: unpacked varints have their field's tag between them. */
const maxGap = 64;

/** The file, whose addresses behind its end are those of `encoded`. */
export function decodingSource(source: ByteSource, encoded: readonly EncodedElements[] = []): ByteSource {
  if (encoded.length === 0) return source;
  return {
    size: source.size,
    async read(offset, length) {
      const varints = encodedAt(encoded, offset, length);
      if (!varints) return source.read(offset, length);
      if (isQuantised(varints)) return (await quantised()).readQuantised(source, varints, offset, length);
      if (isSparse(varints)) return (await sparse()).readSparse(source, varints, offset, length);
      const first = Math.floor((offset - varints.addresses.start) / elementBytes);
      const last = Math.ceil((offset + length - varints.addresses.start) / elementBytes);
      const { bytes, position } = await readElements(source, varints, first, last);
      const elements = new Uint8Array((last - first) * elementBytes);
      decodeVarints(bytes, position, elements);
      const skipped = offset - varints.addresses.start - first * elementBytes;
      return skipped === 0 && elements.length === length ? elements : elements.slice(skipped, skipped + length);
    },
    recycle: (bytes) => source.recycle?.(bytes),
  };
}

/** Where in the file the bytes of a range are. */
export function rangesInFile(range: ByteRange, encoded: readonly EncodedElements[] = []): readonly ByteRange[] {
  return encodedAt(encoded, range.start, range.end - range.start)?.segments ?? [range];
}

export function encodedAt(
  encoded: readonly EncodedElements[],
  offset: number,
  length: number,
): EncodedElements | undefined {
  const found = encoded[lastIndexWhere(encoded, ({ addresses }) => addresses.start <= offset)];
  return found && offset + length <= found.addresses.end ? found : undefined;
}

interface Varints {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the first element, in `bytes`. */
  readonly position: number;
  /** How many bytes of varints lie before `bytes`. */
  readonly start: number;
}

/** The varints of elements `[first, last)`, from the mark before them on. */
export async function readElements(
  source: ByteSource,
  { segments, marks, byteLength }: VarintElements,
  first: number,
  last: number,
): Promise<Varints> {
  const mark = Math.floor(first / markedElements);
  const start = marks[mark]!;
  const end = marks[Math.ceil(last / markedElements)] ?? byteLength;
  const bytes = await readLogical(source, segments, start, end);
  return { bytes, position: skipVarints(bytes, 0, first - mark * markedElements), start };
}

/** Bytes `[start, end)` of the segments put together. */
async function readLogical(
  source: ByteSource,
  segments: readonly ByteRange[],
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const groups: { start: number; end: number; parts: Placed[] }[] = [];
  for (const part of partsOf(segments, start, end)) {
    const group = groups.at(-1);
    if (group && part.start >= group.end && part.start - group.end <= maxGap) {
      group.end = part.end;
      group.parts.push(part);
    } else {
      groups.push({ start: part.start, end: part.end, parts: [part] });
    }
  }
  const bytes = new Uint8Array(end - start);
  for (const group of groups) {
    const read = await source.read(group.start, group.end - group.start);
    for (const part of group.parts) {
      bytes.set(read.subarray(part.start - group.start, part.end - group.start), part.logical - start);
    }
    source.recycle?.(read);
  }
  return bytes;
}

/** Bytes of the file, and how many bytes of the segments lie before them. */
interface Placed extends ByteRange {
  readonly logical: number;
}

export function* partsOf(segments: readonly ByteRange[], start: number, end: number): Generator<Placed> {
  let before = 0;
  for (const segment of segments) {
    const length = segment.end - segment.start;
    const [from, to] = [Math.max(start, before), Math.min(end, before + length)];
    if (from < to) yield { start: segment.start + from - before, end: segment.start + to - before, logical: from };
    before += length;
    if (before >= end) return;
  }
}

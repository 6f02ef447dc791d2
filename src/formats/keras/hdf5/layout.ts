/** Where the elements of a dataset are: in one run, in chunks that follow each other, or out of reach. */
import { countInWords } from '../../../lib/countInWords';
import { at } from '../../../lib/known';
import { getOrInsert } from '../../../lib/maps';
import type { ByteRange } from '../../../tensors/tensor';
import type { Hdf5File } from './file';
import { treeNode } from './groups';
import { type Message, messageTypes, numberOf } from './objectHeader';

export type Place = { readonly segments: readonly ByteRange[] } | { readonly readOnly: string };

const filters = new Map([
  [1, 'gzip'],
  [2, 'shuffle'],
  [3, 'Fletcher32'],
  [4, 'szip'],
  [5, 'N-bit'],
  [6, 'scale-offset'],
  [32000, 'LZF'],
  [32001, 'Blosc'],
  [32015, 'Zstandard'],
]);

const neverWritten = { readOnly: 'never written: the file has its fill value alone' } as const;
const outOfOrder = { readOnly: 'in chunks that do not follow each other in the file' } as const;
/** More pieces than that are not worth a table of them. */
const mostChunks = 65_536;

/**
 * @param shape of the dataset
 * @param width of an element in bytes
 */
export async function placeOf(
  file: Hdf5File,
  messages: readonly Message[],
  shape: readonly number[],
  width: number,
): Promise<Place> {
  const byteLength = shape.reduce((product, size) => product * size, width);
  if (byteLength === 0) return { segments: [] };
  if (byteLength > file.size) throw file.fault(`A dataset says it has ${countInWords(byteLength)} bytes`);
  if (messages.some(({ type }) => type === messageTypes.external)) return { readOnly: 'in another file' };
  const layout = messages.find(({ type }) => type === messageTypes.layout)?.view;
  if (!layout || layout.byteLength < 2) return { readOnly: 'stored in a way that Secateur does not know' };
  const filter = filterIn(messages);
  if (filter) return { readOnly: filter };
  const version = layout.getUint8(0);
  if (version < 3) return oldPlace(file, layout, shape, width, byteLength);
  switch (layout.getUint8(1)) {
    case 0:
      return { readOnly: 'stored in the header of its object, whose checksum would have to change' };
    case 1:
      return contiguous(file, room(file, layout, 18), 2, byteLength);
    case 2:
      return version === 3 ? chunked(file, layout, shape, width) : newChunks(file, layout, shape, width, byteLength);
    default:
      return { readOnly: 'a view of other datasets (virtual)' };
  }
}

function room(file: Hdf5File, layout: DataView, bytes: number): DataView {
  if (layout.byteLength < bytes) throw file.fault('The layout of a dataset ends before its parts');
  return layout;
}

/** Its pipeline in words; undefined where there is none. */
function filterIn(messages: readonly Message[]): string | undefined {
  const pipeline = messages.find(({ type }) => type === messageTypes.filters)?.view;
  if (!pipeline || pipeline.byteLength < 4 || pipeline.getUint8(1) === 0) return undefined;
  const first = pipeline.getUint16(pipeline.getUint8(0) === 1 ? 8 : 2, true);
  return `compressed or checked by a filter (${filters.get(first) ?? `number ${first}`}), which cannot be changed in place`;
}

function contiguous(file: Hdf5File, layout: DataView, at: number, byteLength: number): Place {
  const address = file.address(layout, at);
  return address === undefined ? neverWritten : run(file, address, byteLength);
}

function run(file: Hdf5File, address: number, byteLength: number): Place {
  const start = file.offsetOf(address);
  const end = start + byteLength;
  if (end > file.size) throw file.fault(`The elements of a dataset end at ${end}, behind the end of the file`);
  return { segments: [{ start, end }] };
}

/** Version 1 and 2: rank, class, five bytes, an address where it is not in the header. */
async function oldPlace(
  file: Hdf5File,
  layout: DataView,
  shape: readonly number[],
  width: number,
  byteLength: number,
): Promise<Place> {
  room(file, layout, 16);
  switch (layout.getUint8(2)) {
    case 1:
      return contiguous(file, layout, 8, byteLength);
    case 2: {
      const rank = layout.getUint8(1);
      const sizes = sizesAt(file, layout, 16, rank, 4);
      return inTree(file, file.address(layout, 8), shape, sizes.slice(0, -1), width);
    }
    default:
      return { readOnly: 'stored in the header of its object' };
  }
}

/** Version 3: the number of dimensions and one more, the address of the tree, sizes. */
function chunked(file: Hdf5File, layout: DataView, shape: readonly number[], width: number): Promise<Place> | Place {
  const rank = room(file, layout, 11).getUint8(2);
  const sizes = sizesAt(file, layout, 11, rank, 4);
  return inTree(file, file.address(layout, 3), shape, sizes.slice(0, -1), width);
}

function sizesAt(file: Hdf5File, layout: DataView, start: number, count: number, width: number): number[] {
  room(file, layout, start + count * width);
  return Array.from({ length: count }, (_, i) => numberOf(file, layout, start + i * width, width));
}

async function inTree(
  file: Hdf5File,
  root: number | undefined,
  shape: readonly number[],
  chunk: readonly number[],
  width: number,
): Promise<Place> {
  if (root === undefined) return neverWritten;
  const rows = rowsOf(shape, chunk);
  if (rows === undefined) return outOfOrder;
  const count = Math.ceil((shape[0] ?? 1) / rows);
  if (count > mostChunks) return { readOnly: `in ${count} chunks, more than Secateur follows` };
  const keyBytes = 8 + 8 * (shape.length + 1);
  const addresses = new Map<number, number>();
  const waiting = [root];
  const visited = new Set<number>();
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    if (visited.has(address)) throw file.fault('The tree of a dataset goes round in a circle');
    visited.add(address);
    const { level, children, body } = await treeNode(file, address, 1, keyBytes);
    if (level > 0) {
      waiting.push(...children);
      continue;
    }
    children.forEach((child, i) => {
      const row = file.length(body, i * (keyBytes + 8) + 8, 'The place of a chunk');
      if (row % rows === 0) getOrInsert(addresses, row / rows, () => child);
    });
  }
  return inOrder(
    file,
    Array.from({ length: count }, (_, i) => addresses.get(i)),
    shape,
    rows,
    width,
  );
}

/** How many of the first dimension a chunk has, where it has all of the others. */
function rowsOf(shape: readonly number[], chunk: readonly number[]): number | undefined {
  const [rows = 1, ...others] = chunk;
  const areWhole = chunk.length === shape.length && others.every((size, i) => size === shape[i + 1]);
  return areWhole && rows > 0 ? rows : undefined;
}

/** Chunks that ascend in the file; of the last one what the dataset has of it. */
function inOrder(
  file: Hdf5File,
  addresses: readonly (number | undefined)[],
  shape: readonly number[],
  rows: number,
  width: number,
): Place {
  const [length = 1, ...others] = shape;
  const rowBytes = others.reduce((product, size) => product * size, width);
  const segments: ByteRange[] = [];
  for (const [i, address] of addresses.entries()) {
    if (address === undefined) return neverWritten;
    const here = Math.min(rows, length - i * rows);
    const place = run(file, address, here * rowBytes);
    if ('readOnly' in place) return place;
    const segment = at(place.segments, 0);
    const before = segments.at(-1);
    if (before && before.end > segment.start) return outOfOrder;
    if (before?.end === segment.start) segments[segments.length - 1] = { start: before.start, end: segment.end };
    else segments.push(segment);
  }
  return { segments };
}

const singleChunk = 1;
const implicit = 2;

/** Version 4 (libver "latest"): flags, rank and one, width of sizes, sizes, kind of index. */
function newChunks(
  file: Hdf5File,
  layout: DataView,
  shape: readonly number[],
  width: number,
  byteLength: number,
): Place {
  const rank = room(file, layout, 5).getUint8(3);
  const sizeBytes = layout.getUint8(4);
  if (![1, 2, 4, 8].includes(sizeBytes)) return { readOnly: 'in chunks of a kind that Secateur does not know' };
  const sizes = sizesAt(file, layout, 5, rank, sizeBytes);
  const index = 5 + rank * sizeBytes;
  const kind = room(file, layout, index + 9).getUint8(index);
  // Of the others something stands before the address.
  if (kind !== singleChunk && kind !== implicit) return { readOnly: 'in chunks whose index Secateur does not read' };
  const address = file.address(layout, index + 1);
  const chunk = sizes.slice(0, -1);
  const rows = rowsOf(shape, chunk);
  if (address === undefined) return neverWritten;
  if (kind === singleChunk && chunk.every((size, i) => size === shape[i])) return run(file, address, byteLength);
  if (kind === implicit && rows !== undefined) {
    const chunkBytes = chunk.reduce((product, size) => product * size, width);
    const count = Math.ceil((shape[0] ?? 1) / rows);
    if (count > mostChunks) return { readOnly: `in ${count} chunks, more than Secateur follows` };
    const addresses = Array.from({ length: count }, (_, i) => address + i * chunkBytes);
    return inOrder(file, addresses, shape, rows, width);
  }
  return outOfOrder;
}

/** Links of new groups: each a message; where they are many, objects of a fractal heap, whose places a tree of version 2 has. */
import { inOrderOfNames } from '../../../lib/fileNames';
import type { Hdf5File } from './file';
import { FractalHeap } from './fractalHeap';
import { numberOf } from './objectHeader';

export interface Link {
  readonly name: string;
  /** Of the object's header. */
  readonly address: number;
}

const hardLink = 0;

/** @returns undefined for what is no link to an object of this file */
export function linkOf(file: Hdf5File, view: DataView): Link | undefined {
  const bytes = (at: number, length: number): number => {
    if (at + length > view.byteLength) throw file.fault('A link ends before its parts');
    return at;
  };
  bytes(0, 2);
  const flags = view.getUint8(1);
  let at = 2;
  const type = flags & 8 ? view.getUint8(bytes(at++, 1)) : hardLink;
  if (flags & 4) at += 8;
  if (flags & 16) at += 1;
  const width = 1 << (flags & 3);
  const length = numberOf(file, view, bytes(at, width), width);
  at += width;
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + bytes(at, length), length));
  at += length;
  const address = type === hardLink ? file.address(view, bytes(at, 8)) : undefined;
  return address === undefined ? undefined : { name, address };
}

/** @param info the group's message of that type */
export async function denseLinks(file: Hdf5File, info: DataView): Promise<Link[]> {
  if (info.byteLength < 2) throw file.fault('A link info has fewer than two bytes');
  const at = info.getUint8(1) & 1 ? 10 : 2;
  if (info.byteLength < at + 16) return [];
  const [heapAddress, names] = [file.address(info, at), file.address(info, at + 8)];
  if (heapAddress === undefined || names === undefined) return [];
  const heap = await FractalHeap.open(file, heapAddress);
  const links: Link[] = [];
  for (const record of await recordsOf(file, names)) {
    // A hash of the name, then the place in the heap.
    const object = await heap.object(new DataView(record.buffer, record.byteOffset + 4, record.byteLength - 4));
    const link = object && linkOf(file, object);
    if (link) links.push(link);
  }
  // The tree has them by what their names hash to.
  return inOrderOfNames(links);
}

const header = 0x42544844; // BTHD
const leaf = 0x42544c46; // BTLF
const inner = 0x4254494e; // BTIN
const namesType = 5;
const checksumBytes = 4;
const mostDepth = 8;

/** All records of a tree of version 2. */
async function recordsOf(file: Hdf5File, address: number): Promise<DataView[]> {
  const head = await file.view(address, 34, 'The tree of a group');
  if (head.getUint32(0, false) !== header || head.getUint8(5) !== namesType) {
    throw file.fault('The tree of a group has no signature');
  }
  const nodeBytes = head.getUint32(6, true);
  const recordBytes = head.getUint16(10, true);
  const depth = head.getUint16(12, true);
  const root = file.address(head, 16);
  if (recordBytes < 8 || nodeBytes < 16 || depth > mostDepth)
    throw file.fault('The tree of a group has impossible sizes');
  const records: DataView[] = [];
  if (root === undefined) return records;
  const widths = widthsOf(nodeBytes, recordBytes, depth);
  const waiting = [{ address: root, count: head.getUint16(24, true), depth }];
  const visited = new Set<number>();
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (visited.has(next.address)) throw file.fault('The tree of a group goes round in a circle');
    visited.add(next.address);
    const view = await file.view(next.address, nodeBytes, 'A node of a group');
    if (view.getUint32(0, false) !== (next.depth === 0 ? leaf : inner))
      throw file.fault('A node of a group has no signature');
    const ends = 6 + next.count * recordBytes;
    if (ends + checksumBytes > nodeBytes) throw file.fault('A node of a group has too many records');
    for (let i = 0; i < next.count; i++) {
      records.push(new DataView(view.buffer, view.byteOffset + 6 + i * recordBytes, recordBytes));
    }
    if (next.depth === 0) continue;
    const { count: countBytes, total } = widths[next.depth] ?? { count: 1, total: 0 };
    const step = 8 + countBytes + total;
    for (let i = 0; i <= next.count; i++) {
      const at = ends + i * step;
      if (at + step > nodeBytes) throw file.fault('A node of a group has too many children');
      const child = file.address(view, at);
      const count = littleNumber(view, at + 8, countBytes);
      if (child !== undefined) waiting.push({ address: child, count, depth: next.depth - 1 });
    }
  }
  return records;
}

/** Bytes of the numbers that stand beside a child, by the depth of the node that has it. */
function widthsOf(nodeBytes: number, recordBytes: number, depth: number) {
  const widths: { count: number; total: number }[] = [{ count: 0, total: 0 }];
  let most = Math.floor((nodeBytes - 10) / recordBytes);
  let all = most;
  let total = 0;
  for (let level = 1; level <= depth; level++) {
    const count = bytesFor(most);
    widths.push({ count, total: level > 1 ? total : 0 });
    most = Math.floor(
      (nodeBytes - 10 - (8 + count + (level > 1 ? total : 0))) / (recordBytes + 8 + count + (level > 1 ? total : 0)),
    );
    all = (most + 1) * all + most;
    total = bytesFor(all);
  }
  return widths;
}

function bytesFor(most: number): number {
  return Math.max(1, Math.ceil(Math.log2(most + 1) / 8));
}

function littleNumber(view: DataView, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i);
  return value;
}

/** What a group holds, by name: old groups (a tree of names in a heap) and new ones (a message for each, or a fractal heap). */
import type { Hdf5File } from './file';
import { denseLinks, type Link, linkOf } from './links';
import { type Message, messageTypes } from './objectHeader';

/** Links of the group, in the order in which the file has them; those that lead elsewhere (soft, external) are left out. */
export async function linksOf(file: Hdf5File, messages: readonly Message[]): Promise<Link[]> {
  const links: Link[] = [];
  for (const { type, view } of messages) {
    if (type === messageTypes.symbolTable && view.byteLength >= 16) {
      const [tree, heap] = [file.address(view, 0), file.address(view, 8)];
      if (tree !== undefined && heap !== undefined) links.push(...(await oldLinks(file, tree, heap)));
    } else if (type === messageTypes.link) {
      const link = linkOf(file, view);
      if (link) links.push(link);
    } else if (type === messageTypes.linkInfo) {
      links.push(...(await denseLinks(file, view)));
    }
  }
  return links;
}

const tree = 0x54524545; // TREE
const node = 0x534e4f44; // SNOD
const heapSignature = 0x48454150; // HEAP
const entryBytes = 40;
const softLink = 2;

async function oldLinks(file: Hdf5File, root: number, heap: number): Promise<Link[]> {
  const head = await file.view(heap, 32, 'The heap of a group');
  if (head.getUint32(0, false) !== heapSignature) throw file.fault('The heap of a group has no signature');
  const names = file.address(head, 24) ?? 0;
  const length = file.length(head, 8, 'The length of a heap');
  const texts = await file.view(names, length, 'The names of a group');
  const links: Link[] = [];
  const visited = new Set<number>();
  const waiting = [root];
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    if (visited.has(address)) throw file.fault('The tree of a group goes round in a circle');
    visited.add(address);
    const start = await file.view(address, 8, 'A node of a group');
    if (start.getUint32(0, false) === node) {
      const count = start.getUint16(6, true);
      const entries = await file.view(address + 8, count * entryBytes, 'The entries of a group');
      for (let i = 0; i < count; i++) {
        const object = file.address(entries, i * entryBytes + 8);
        if (object === undefined || entries.getUint32(i * entryBytes + 16, true) === softLink) continue;
        links.push({ name: nameIn(file, texts, file.length(entries, i * entryBytes, 'A name')), address: object });
      }
      continue;
    }
    waiting.push(...(await childrenOf(file, address, 0, 8)));
  }
  return links;
}

/**
 * The children of a node of a tree of version 1, in order.
 * @param type 0 of groups, 1 of chunks
 * @param keyBytes of what stands before each child
 */
export async function childrenOf(file: Hdf5File, address: number, type: number, keyBytes: number): Promise<number[]> {
  const { children } = await treeNode(file, address, type, keyBytes);
  return children;
}

export async function treeNode(file: Hdf5File, address: number, type: number, keyBytes: number) {
  const head = await file.view(address, 24, 'A node of a tree');
  if (head.getUint32(0, false) !== tree || head.getUint8(4) !== type)
    throw file.fault('A node of a tree has no signature');
  const count = head.getUint16(6, true);
  const body = await file.view(address + 24, count * (keyBytes + 8), 'A node of a tree');
  const children: number[] = [];
  for (let i = 0; i < count; i++) {
    const child = file.address(body, i * (keyBytes + 8) + keyBytes);
    if (child !== undefined) children.push(child);
  }
  return { level: head.getUint8(5), children, body };
}

function nameIn(file: Hdf5File, texts: DataView, start: number): string {
  const bytes = new Uint8Array(texts.buffer, texts.byteOffset, texts.byteLength);
  const end = bytes.indexOf(0, start);
  if (start >= bytes.length || end < 0) throw file.fault(`A name of a group is at ${start} of its heap`);
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/** Texts that stand beside groups and datasets. Numbers, and what is kept in dense storage, are left out. */

import { elementTypeOf, shapeOf } from './datatype';
import type { Hdf5File } from './file';
import { type Message, messageTypes } from './objectHeader';

/** By name: the texts of each, one for each element. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

const mostTexts = 1_000_000;
const utf8 = new TextDecoder();

export async function attributesOf(file: Hdf5File, messages: readonly Message[]): Promise<Attributes> {
  const attributes = new Map<string, readonly string[]>();
  for (const { type, view } of messages) {
    if (type !== messageTypes.attribute) continue;
    const read = await textsIn(file, view);
    if (read && !attributes.has(read.name)) attributes.set(read.name, read.texts);
  }
  return attributes;
}

async function textsIn(
  file: Hdf5File,
  view: DataView,
): Promise<{ name: string; texts: readonly string[] } | undefined> {
  if (view.byteLength < 8) throw file.fault('An attribute has fewer than 8 bytes');
  const version = view.getUint8(0);
  if (version < 1 || version > 3) throw file.fault(`An attribute is of version ${version}`);
  // A type or dataspace that is shared is elsewhere.
  if (version > 1 && view.getUint8(1) !== 0) return undefined;
  let at = version === 3 ? 9 : 8;
  const take = (length: number): DataView => {
    if (at + length > view.byteLength) throw file.fault('An attribute ends before its parts');
    const part = new DataView(view.buffer, view.byteOffset + at, length);
    at += version === 1 ? Math.ceil(length / 8) * 8 : length;
    return part;
  };
  const name = textOf(take(view.getUint16(2, true)));
  const type = elementTypeOf(file, take(view.getUint16(4, true)));
  const shape = shapeOf(file, take(view.getUint16(6, true)));
  if (!shape || (type.kind !== 'text' && type.kind !== 'heap text')) return undefined;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * type.size > view.byteLength - at || count > mostTexts)
    throw file.fault(`The attribute ${name} is too long`);
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const element = new DataView(view.buffer, view.byteOffset + at + i * type.size, type.size);
    texts.push(type.kind === 'text' ? textOf(element) : await heapText(file, element));
  }
  return { name, texts };
}

/** Up to the first zero. */
function textOf({ buffer, byteOffset, byteLength }: DataView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Length, address of a collection of the global heap, index there. */
async function heapText(file: Hdf5File, element: DataView): Promise<string> {
  if (element.byteLength < 16) throw file.fault('A text of any length has no place');
  const length = element.getUint32(0, true);
  const collection = file.address(element, 4);
  const index = element.getUint32(12, true);
  if (collection === undefined || collection === 0 || length === 0) return '';
  const head = await file.view(collection, 16, 'A collection of the global heap');
  if (head.getUint32(0, false) !== 0x47434f4c) throw file.fault('A collection of the global heap has no signature'); // GCOL
  const end = collection + file.length(head, 8, 'The length of a collection');
  for (let at = collection + 16; at + 16 <= end; ) {
    const object = await file.view(at, 16, 'An object of the global heap');
    const size = file.length(object, 8, 'The length of an object');
    if (object.getUint16(0, true) === index && index !== 0) {
      return textOf(await file.view(at + 16, Math.min(size, length), 'An object of the global heap'));
    }
    if (object.getUint16(0, true) === 0) break;
    at += 16 + Math.ceil(size / 8) * 8;
  }
  return '';
}

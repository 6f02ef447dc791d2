/** The messages of an object: what a group or a dataset says of itself. */
import { at } from '../../../lib/known';
import type { Hdf5File } from './file';

export interface Message {
  readonly type: number;
  readonly view: DataView;
}

/** The types that matter here. */
export const messageTypes = {
  dataspace: 0x1,
  linkInfo: 0x2,
  datatype: 0x3,
  fillOld: 0x4,
  link: 0x6,
  external: 0x7,
  layout: 0x8,
  filters: 0xb,
  attribute: 0xc,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

const mostMessages = 65_536;
/** Of a message whose body is elsewhere, shared with other objects. */
const sharedFlag = 0x2;

/** @param address of an object header of version 1 or 2 */
export async function messagesOf(file: Hdf5File, address: number): Promise<Message[]> {
  const start = await file.view(address, 16, 'The header of an object');
  const isNew = start.getUint32(0, false) === 0x4f484452; // OHDR
  if (!isNew && start.getUint8(0) !== 1) throw file.fault('An object header has neither signature nor version 1');
  const messages: Message[] = [];
  const blocks: { readonly address: number; readonly length: number }[] = [];
  const flags = isNew ? start.getUint8(5) : 0;
  if (isNew) {
    if (start.getUint8(4) !== 2) throw file.fault(`An object header is of version ${start.getUint8(4)}`);
    const before = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const width = 1 << (flags & 3);
    const size = await file.view(address + before, width, 'The length of an object header');
    blocks.push({ address: address + before + width, length: numberOf(file, size, 0, width) });
  } else {
    blocks.push({ address: address + 16, length: start.getUint32(8, true) });
  }
  for (let i = 0; i < blocks.length; i++) {
    const block = at(blocks, i);
    const view = await file.view(block.address, block.length, 'The messages of an object');
    for (const message of isNew ? newMessages(file, view, flags) : oldMessages(file, view)) {
      if (messages.length >= mostMessages || blocks.length >= mostMessages)
        throw file.fault('An object has too many messages');
      messages.push(message);
      if (message.type !== messageTypes.continuation) continue;
      const further = file.address(message.view, 0);
      const length = file.length(message.view, 8, 'The length of further messages');
      if (further === undefined) continue;
      // OCHK before, and a checksum behind.
      blocks.push(isNew ? { address: further + 4, length: Math.max(0, length - 8) } : { address: further, length });
    }
  }
  return messages;
}

function* oldMessages(file: Hdf5File, view: DataView): Generator<Message> {
  for (let at = 0; at + 8 <= view.byteLength; ) {
    const length = view.getUint16(at + 2, true);
    yield messageAt(file, view, at + 8, length, view.getUint16(at, true), view.getUint8(at + 4));
    at += 8 + length;
  }
}

function* newMessages(file: Hdf5File, view: DataView, flags: number): Generator<Message> {
  const head = flags & 4 ? 6 : 4;
  for (let at = 0; at + head <= view.byteLength; ) {
    const length = view.getUint16(at + 1, true);
    yield messageAt(file, view, at + head, length, view.getUint8(at), view.getUint8(at + 3));
    at += head + length;
  }
}

function messageAt(file: Hdf5File, view: DataView, at: number, length: number, type: number, flags: number): Message {
  if (at + length > view.byteLength) throw file.fault('A message ends behind its object header');
  // What is shared is a reference: no type of it is known.
  const isShared = (flags & sharedFlag) !== 0;
  return { type: isShared ? -1 : type, view: new DataView(view.buffer, view.byteOffset + at, length) };
}

/** An unsigned number of 1, 2, 4 or 8 bytes. */
export function numberOf(file: Hdf5File, view: DataView, at: number, width: number): number {
  switch (width) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true);
    case 4:
      return view.getUint32(at, true);
    default:
      return file.length(view, at, 'A length');
  }
}

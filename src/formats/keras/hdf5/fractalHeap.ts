/** Objects of a fractal heap that lie in its blocks; those that are too large for one, or filtered, are left out. */
import type { Hdf5File } from './file';

const signature = 0x46524850; // FRHP
const innerBlock = 0x46484942; // FHIB

export class FractalHeap {
  private readonly file: Hdf5File;
  private readonly head: DataView;

  private constructor(file: Hdf5File, head: DataView) {
    this.file = file;
    this.head = head;
  }

  static async open(file: Hdf5File, address: number): Promise<FractalHeap> {
    const head = await file.view(address, 142, 'The heap of a group');
    if (head.getUint32(0, false) !== signature) throw file.fault('The heap of a group has no signature');
    return new FractalHeap(file, head);
  }

  /** @param id flags, then offset and length in as many bytes as the heap says */
  async object(id: DataView): Promise<DataView | undefined> {
    const { head, file } = this;
    const isFiltered = head.getUint16(7, true) !== 0;
    const isManaged = (id.getUint8(0) & 0x30) === 0;
    if (!isManaged || isFiltered) return undefined;
    const offsetBytes = Math.ceil(head.getUint16(128, true) / 8);
    const mostDirect = file.number(head, 120);
    const lengthBytes = Math.ceil(Math.log2(Math.min(mostDirect, head.getUint32(10, true)) + 1) / 8);
    if (1 + offsetBytes + lengthBytes > id.byteLength) throw file.fault('A place in a heap has too few bytes');
    const offset = numberIn(id, 1, offsetBytes);
    const length = numberIn(id, 1 + offsetBytes, lengthBytes);
    const block = await this.blockAt(offset);
    return block && file.view(block.address + offset - block.start, length, 'An object of a heap');
  }

  /** The direct block that an offset of the heap lies in, and its own offset there. */
  private async blockAt(offset: number): Promise<{ address: number; start: number } | undefined> {
    const { head, file } = this;
    const width = head.getUint16(110, true);
    const starting = file.number(head, 112);
    const mostDirect = file.number(head, 120);
    const root = file.address(head, 132);
    let rows = head.getUint16(140, true);
    if (root === undefined) return undefined;
    let block = { address: root, start: 0 };
    // Each step goes down one level: rows get fewer, so that it ends.
    while (rows > 0) {
      if (width === 0 || starting === 0) throw file.fault('A heap has blocks of no size');
      let size = starting;
      let start = block.start;
      let row = 0;
      while (row < rows && offset >= start + size * width) {
        start += size * width;
        if (row > 0) size *= 2;
        row++;
      }
      if (row === rows) return undefined;
      const column = Math.floor((offset - start) / size);
      const child = await this.childOf(block.address, row * width + column);
      if (child === undefined) return undefined;
      block = { address: child, start: start + column * size };
      const next = size <= mostDirect ? 0 : Math.log2(size / (starting * width)) + 1;
      if (next >= rows) throw file.fault('A heap holds itself');
      rows = Math.floor(next);
    }
    return block;
  }

  private async childOf(address: number, index: number): Promise<number | undefined> {
    const { file, head } = this;
    const start = await file.view(address, 5, 'A block of a heap');
    if (start.getUint32(0, false) !== innerBlock) throw file.fault('A block of a heap has no signature');
    const before = 13 + Math.ceil(head.getUint16(128, true) / 8);
    return file.address(await file.view(address + before + 8 * index, 8, 'A block of a heap'), 0);
  }
}

function numberIn(view: DataView, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i);
  return value;
}

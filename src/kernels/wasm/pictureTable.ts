/** Drawing elements one by one: a table of the fastest axes says how far each is from the first of the table. */
import type { PrunableDtype } from '../../tensors/dtype';
import type { PictureAxis, PicturePlan, PictureSide } from '../picture';
import { cellBytes, type PictureMemory } from './pictureMemory';
import { originOf } from './pictureRuns';

/** Lines of one side that a table reaches from its first element on. */
interface Reach {
  readonly side: PictureSide;
  readonly lines: number;
  /** Bytes from one cell to the next. */
  readonly step: number;
  /** Of the cells of those lines, in the module's memory. */
  readonly offsets: Uint32Array;
  /** The line they were made for. */
  first: number;
}

export class PictureTable {
  private readonly memory: PictureMemory;
  /** Elements that the table has. */
  private readonly length: number;
  /** Elements after which tables start anew: all indices of the table's axes, the last of which it may have in part. */
  private readonly period: number;
  private readonly outer: readonly PictureAxis[];
  /** The axis of which it has a part. */
  private readonly cut: PictureAxis | undefined;
  private readonly rows: Reach;
  private readonly columns: Reach;
  private readonly drawTable: PictureMemory['run']['drawTableF32'];

  /** @param axes the smallest stride first */
  constructor(memory: PictureMemory, dtype: PrunableDtype, plan: PicturePlan, axes: readonly PictureAxis[]) {
    const { run } = memory;
    const { buffer } = run.memory;
    const [mostElements, mostLines] = [run.TABLE_LENGTH.value, run.TABLE_SPAN.value];
    this.memory = memory;
    const down = new Uint16Array(buffer, memory.tables, mostElements);
    const across = new Uint16Array(buffer, memory.tables + mostElements * 2, mostElements);
    down[0] = across[0] = 0;
    const [lines, outer] = [{ down: 1, across: 1 }, [...axes]];
    let [length, period, cut] = [1, 1, undefined as PictureAxis | undefined];
    while (outer.length > 0 && !cut) {
      const axis = outer.shift()!;
      const most = Math.min(
        Math.floor(mostElements / length),
        axis.down === 0 ? axis.size : 1 + Math.floor((mostLines - lines.down) / axis.down),
        axis.across === 0 ? axis.size : 1 + Math.floor((mostLines - lines.across) / axis.across),
      );
      const size = Math.min(axis.size, most);
      for (let i = length; i < length * size; i++) {
        down[i] = down[i - length]! + axis.down;
        across[i] = across[i - length]! + axis.across;
      }
      lines.down += (size - 1) * axis.down;
      lines.across += (size - 1) * axis.across;
      period = length * axis.size;
      length *= size;
      if (size < axis.size) cut = axis;
    }
    this.length = length;
    this.period = period;
    this.outer = outer;
    this.cut = cut;
    const offsets = memory.tables + mostElements * 4;
    const reach = (side: PictureSide, lines: number, step: number, at: number): Reach => {
      return { side, lines, step, offsets: new Uint32Array(buffer, at, mostLines), first: -1 };
    };
    this.rows = reach(plan.rows, lines.down, memory.pitch, offsets);
    this.columns = reach(plan.columns, lines.across, cellBytes, offsets + mostLines * 4);
    const { drawTableF32, drawTableF64, drawTableHalf } = run;
    this.drawTable = { F32: drawTableF32, F64: drawTableF64, F16: drawTableHalf, BF16: drawTableHalf }[dtype];
  }

  /** Draws what lies in the block. */
  draw(place: number, count: number): void {
    const { memory, period, length } = this;
    for (let at = 0; at < count; ) {
      const within = (place + at) % period;
      const into = within % length;
      const here = Math.min(length - into, period - within, count - at);
      this.moveTo(Math.floor((place + at) / period), within - into);
      this.drawTable(at, here, into, memory.tables, memory.cells);
      at += here;
    }
  }

  /** @param start of the table within its period */
  private moveTo(turn: number, start: number): void {
    const { row, column } = originOf(this.outer, turn, this.period);
    const index = this.cut ? start / this.cut.stride : 0;
    aim(this.rows, row + index * (this.cut?.down ?? 0));
    aim(this.columns, column + index * (this.cut?.across ?? 0));
  }
}

/** Fills the offsets for the lines from `first` on. */
function aim(reach: Reach, first: number): void {
  if (reach.first === first) return;
  reach.first = first;
  const { lines, step, offsets } = reach;
  const { start, end, cells } = reach.side;
  for (let i = 0; i < lines; i++) {
    const line = first + i - start;
    const isInside = line >= 0 && line < end - start;
    offsets[i] = (isInside ? Math.floor((line * cells) / (end - start)) : cells) * step;
  }
}

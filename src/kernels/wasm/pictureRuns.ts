/** Drawing elements side by side whose rows or columns ascend by one: cell by cell, in vectors. */
import type { PrunableDtype } from '../../tensors/dtype';
import { cellOfLine, edgesOf, type PictureAxis, type PicturePlan, type PictureSide } from '../picture';
import { cellBytes, type PictureMemory } from './pictureMemory';

export class PictureRuns {
  private readonly memory: PictureMemory;
  private readonly inner: PictureAxis;
  private readonly outer: readonly PictureAxis[];
  private readonly seesAll: boolean;
  private readonly isAcross: boolean;
  /** The side that runs go along, and the other one; with the bytes from one cell to the next. */
  private readonly along: PictureSide & { readonly step: number };
  private readonly beside: PictureSide & { readonly step: number };
  private readonly drawRun: PictureMemory['run']['drawRunF32'];
  private readonly drawWhole: PictureMemory['run']['drawWholeF32'];

  /** @param seesAll whether what lies outside the picture is looked at, too, for its ties */
  constructor(
    memory: PictureMemory,
    dtype: PrunableDtype,
    { rows, columns }: PicturePlan,
    [inner, ...outer]: readonly [PictureAxis, ...PictureAxis[]],
    seesAll: boolean,
  ) {
    const { run, pitch } = memory;
    const [down, across] = [
      { ...rows, step: pitch },
      { ...columns, step: cellBytes },
    ];
    this.memory = memory;
    this.inner = inner;
    this.outer = outer;
    this.seesAll = seesAll;
    this.isAcross = inner.across > 0;
    [this.along, this.beside] = this.isAcross ? [across, down] : [down, across];
    memory.edgesOfCells = edgesOf(this.along);
    this.drawRun = { F32: run.drawRunF32, F64: run.drawRunF64, F16: run.drawRunHalf, BF16: run.drawRunHalf }[dtype];
    const { drawWholeF32, drawWholeF64, drawWholeHalf } = run;
    this.drawWhole = { F32: drawWholeF32, F64: drawWholeF64, F16: drawWholeHalf, BF16: drawWholeHalf }[dtype];
  }

  /** Draws what lies in the block. */
  draw(place: number, count: number): void {
    const { size } = this.inner;
    for (let at = 0; at < count; ) {
      const index = (place + at) % size;
      const length = Math.min(size - index, count - at);
      this.drawPart(at, Math.floor((place + at) / size), index, length);
      at += length;
    }
  }

  /** @param turn of the inner axis @param index along it, of the first of `count` elements */
  private drawPart(from: number, turn: number, index: number, count: number): void {
    const { memory, along, beside, isAcross } = this;
    const { row, column } = originOf(this.outer, turn, this.inner.size);
    const line = index + (isAcross ? column : row);
    const besideCell = cellOfLine(beside, isAcross ? row : column);
    const isInside = besideCell < beside.cells && line < along.end && line + count > along.start;
    const first = isInside ? Math.max(0, along.start - line) : count;
    const end = isInside ? Math.min(count, along.end - line) : count;
    this.skip(from, first);
    if (first < end) {
      const cells = memory.cells + besideCell * beside.step;
      const cell = cellOfLine(along, line + first);
      this.drawRun(from + first, end - first, line + first, cell, memory.edges, cells, along.step);
    }
    this.skip(from + end, count - end);
  }

  private skip(from: number, count: number): void {
    if (!this.seesAll || count === 0) return;
    const { memory, along, beside } = this;
    this.drawWhole(from, count, memory.cells + along.cells * along.step + beside.cells * beside.step);
  }
}

/** Where the first element of a turn of the inner axes is. @param length elements in a turn */
export function originOf(outer: readonly PictureAxis[], turn: number, length: number): { row: number; column: number } {
  let [row, column] = [0, 0];
  for (const { size, stride, down, across } of outer) {
    const index = Math.floor((turn * length) / stride) % size;
    row += index * down;
    column += index * across;
  }
  return { row, column };
}

/**
 * Pictures through the module. Runs of elements whose rows or columns ascend by one are drawn cell by cell, in vectors;
 * where they are short, as in the kernels of a convolution, by a table that says where each element lies.
 */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { bf16ToNumber, f16ToNumber, f32FromBits } from '../../tensors/half';
import { numbersOf } from '../../tensors/numbers';
import type { ThresholdMask } from '../kernels';
import { axesOfPicture, type DrawnPicture, type PictureAccumulator, type PicturePlan } from '../picture';
import { infinityOf, keyOf } from './apply';
import type { PictureMemories, PictureMemory } from './pictureMemory';
import { PictureRuns } from './pictureRuns';
import { PictureTable } from './pictureTable';

/** Elements. Below, calling the module for each run takes longer than a table. */
const leastRun = 64;

export class WasmPicture implements PictureAccumulator {
  private readonly memories: PictureMemories;
  private readonly memory: PictureMemory;
  private readonly dtype: PrunableDtype;
  private readonly width: number;
  private readonly plan: PicturePlan;
  private readonly mask: ThresholdMask | undefined;
  private readonly elements: PictureRuns | PictureTable;
  private tiesEnd: number;

  constructor(memories: PictureMemories, dtype: PrunableDtype, plan: PicturePlan, mask: ThresholdMask | undefined) {
    this.memories = memories;
    this.memory = memories.take(plan.rows.cells, plan.columns.cells);
    this.dtype = dtype;
    this.width = byteWidthOf(dtype);
    this.plan = plan;
    this.mask = mask;
    this.tiesEnd = mask === undefined || mask.ties === 0 ? 0 : Number.POSITIVE_INFINITY;
    const infinity = infinityOf(dtype);
    const { key, ties } = mask ? keyOf(dtype, mask) : { key: -infinity, ties: 0 };
    const bigTies = BigInt(Math.min(ties, Number.MAX_SAFE_INTEGER));
    this.memory.run.beginPicture(infinity, key, mask?.criterion === 'signed', bigTies, mask === undefined);
    const [inner, ...outer] = axesOfPicture(plan);
    const countsTies = ties > 0 && ties < Number.POSITIVE_INFINITY;
    this.elements =
      inner && inner.size >= leastRun && inner.down + inner.across === 1
        ? new PictureRuns(this.memory, dtype, plan, [inner, ...outer], countsTies)
        : new PictureTable(this.memory, dtype, plan, inner ? [inner, ...outer] : []);
  }

  add(bytes: Uint8Array, place: number, kept?: Uint8Array): void {
    const { memory, width } = this;
    const capacity = memory.block.length / width;
    for (let start = 0; start * width < bytes.length; start += capacity) {
      const part = bytes.subarray(start * width, (start + capacity) * width);
      const count = part.length / width;
      memory.block.set(part);
      if (kept) memory.states.set(kept.subarray(start, start + count));
      else if (!this.mask) memory.states.fill(1, 0, count);
      const ties = memory.run.tiesLeft.value;
      this.elements.draw(place + start, count);
      if (ties > 0n && memory.run.tiesLeft.value === 0n)
        this.tiesEnd = place + start + this.endOfTies(part, Number(ties));
    }
  }

  /** The place after so many of the ties in `bytes`. */
  private endOfTies(bytes: Uint8Array, ties: number): number {
    const { criterion, threshold } = this.mask!;
    let left = ties;
    const isTie = (value: number) => (criterion === 'magnitude' ? Math.abs(value) : value) === threshold;
    return numbersOf(this.dtype, bytes).findIndex((value) => isTie(value) && --left === 0) + 1;
  }

  finish(): DrawnPicture {
    const { memory, dtype, tiesEnd } = this;
    const [rows, columns] = [this.plan.rows.cells, this.plan.columns.cells];
    const toNumber = { F16: f16ToNumber, BF16: bf16ToNumber, F32: f32FromBits, F64: f32FromBits }[dtype];
    const magnitudes = new Float32Array(rows * columns);
    const removed = new Uint32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const words = memory.cellsOfRow(row);
      for (let column = 0; column < columns; column++) {
        magnitudes[row * columns + column] = toNumber(words[2 * column]!);
        removed[row * columns + column] = words[2 * column + 1]!;
      }
    }
    this.memories.giveBack(memory);
    return { magnitudes, removed, tiesEnd };
  }
}

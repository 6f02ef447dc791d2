/** Pictures, element by element. */
import type { PrunableDtype } from '../../tensors/dtype';
import type { ThresholdMask } from '../kernels';
import { cellOfLine, type DrawnPicture, type PictureAccumulator, type PicturePlan, type PictureSide } from '../picture';
import { valuesOf } from './values';

export class ReferencePicture implements PictureAccumulator {
  private readonly dtype: PrunableDtype;
  private readonly plan: PicturePlan;
  private readonly mask: ThresholdMask | undefined;
  private readonly magnitudes: Float32Array;
  private readonly removed: Uint32Array;
  private ties: number;
  private tiesEnd: number;

  constructor(dtype: PrunableDtype, plan: PicturePlan, mask: ThresholdMask | undefined) {
    this.dtype = dtype;
    this.plan = plan;
    this.mask = mask;
    this.ties = mask?.ties ?? 0;
    this.tiesEnd = this.ties === 0 ? 0 : Number.POSITIVE_INFINITY;
    this.magnitudes = new Float32Array(plan.rows.cells * plan.columns.cells);
    this.removed = new Uint32Array(this.magnitudes.length);
  }

  add(bytes: Uint8Array, place: number, kept?: Uint8Array): void {
    const { rows, columns } = this.plan;
    let i = 0;
    for (const value of valuesOf(this.dtype, bytes)) {
      const goes = this.mask ? this.goes(this.mask, value, place + i) : kept?.[i] === 0;
      const row = cellOfLine(rows, lineOf(rows, place + i));
      const column = cellOfLine(columns, lineOf(columns, place + i));
      i++;
      if (row === rows.cells || column === columns.cells) continue;
      const cell = row * columns.cells + column;
      if (Number.isFinite(value)) this.magnitudes[cell] = Math.max(this.magnitudes[cell]!, Math.abs(value));
      if (goes) this.removed[cell]! += 1;
    }
  }

  private goes({ criterion, threshold }: ThresholdMask, value: number, place: number): boolean {
    const score = criterion === 'magnitude' ? Math.abs(value) : value;
    if (!Number.isFinite(value) || score > threshold) return false;
    if (score !== threshold) return true;
    if (this.ties === 0) return false;
    this.ties--;
    if (this.ties === 0) this.tiesEnd = place + 1;
    return true;
  }

  finish(): DrawnPicture {
    const { magnitudes, removed, tiesEnd } = this;
    return { magnitudes, removed, tiesEnd };
  }
}

/** The row or column of the element at `place`. */
function lineOf({ axes }: PictureSide, place: number): number {
  return axes.reduce((line, { size, stride }) => line * size + (Math.floor(place / stride) % size), 0);
}

/** A tensor as a picture of few cells: which element lies in which cell, and what is known of a cell. */
import type { Awaitable } from '../lib/awaitable';

/**
 * One side of a picture, its rows or columns: the lines `[start, end)` in `cells` cells, at most as many. Lines count
 * through `axes`, the last one fastest: kernels of a convolution side by side are the axes (inputs, width).
 */
export interface PictureSide {
  /** Strides in elements of the tensor as it is streamed (without gaps). */
  readonly axes: readonly { readonly size: number; readonly stride: number }[];
  readonly start: number;
  readonly end: number;
  readonly cells: number;
}

/** Every axis of the tensor is one of the rows or one of the columns. */
export interface PicturePlan {
  readonly rows: PictureSide;
  readonly columns: PictureSide;
}

/** By cell, row by row. */
export interface PictureCells {
  /** The largest finite magnitude in f32, 0 where there is none. */
  readonly magnitudes: Float32Array;
  /** Elements of the cell that go. */
  readonly removed: Uint32Array;
}

export interface DrawnPicture extends PictureCells {
  /** Elements equal to the mask's threshold go before this place and stay from there on; Infinity: its ties did not run out. */
  readonly tiesEnd: number;
}

/** Fed elements in storage order, all of them or only runs that the picture shows. */
export interface PictureAccumulator {
  /**
   * @param place of the first element in the tensor as it is streamed
   * @param kept where there is no mask: one byte an element, 0 for those that go and 1 for the others; absent: none goes
   */
  add(bytes: Uint8Array, place: number, kept?: Uint8Array): Awaitable<void>;
  finish(): Awaitable<DrawnPicture>;
}

/** One axis of the tensor, with the lines that a step along it moves in the picture. */
export interface PictureAxis {
  readonly size: number;
  readonly stride: number;
  readonly down: number;
  readonly across: number;
}

/** The axes of more than one index by stride, the smallest first; those that go on in the same direction are one. */
export function axesOfPicture({ rows, columns }: PicturePlan): PictureAxis[] {
  const down = stepsOf(rows).map(({ step, ...axis }) => ({ ...axis, down: step, across: 0 }));
  const across = stepsOf(columns).map(({ step, ...axis }) => ({ ...axis, down: 0, across: step }));
  const axes: PictureAxis[] = [];
  for (const axis of [...down, ...across].filter(({ size }) => size > 1).sort((a, b) => a.stride - b.stride)) {
    const before = axes.at(-1);
    if (before && axis.down === before.down * before.size && axis.across === before.across * before.size) {
      axes[axes.length - 1] = { ...before, size: before.size * axis.size };
    } else axes.push(axis);
  }
  return axes;
}

/** The axes of a side with the lines that a step along each moves. */
export function stepsOf({ axes }: PictureSide): { size: number; stride: number; step: number }[] {
  let step = 1;
  return axes
    .toReversed()
    .map(({ size, stride }) => {
      const axis = { size, stride, step };
      step *= size;
      return axis;
    })
    .reverse();
}

/** @returns `side.cells` for a line outside the side */
export function cellOfLine({ start, end, cells }: PictureSide, line: number): number {
  return line < start || line >= end ? cells : Math.floor(((line - start) * cells) / (end - start));
}

/** The first line of each cell, and the end of the last one. */
export function edgesOf({ start, end, cells }: PictureSide): Float64Array {
  // The first line `at` for which floor((at - start) * cells / (end - start)) is the cell.
  return Float64Array.from({ length: cells + 1 }, (_, cell) => start + Math.ceil((cell * (end - start)) / cells));
}

/** By cell: the share of its elements that stay, 0 to 1. */
export function keptShares({ rows, columns }: PicturePlan, removed: Uint32Array): Float32Array {
  const [down, across] = [edgesOf(rows), edgesOf(columns)];
  const shares = new Float32Array(removed.length);
  for (let row = 0; row < rows.cells; row++) {
    const height = down[row + 1]! - down[row]!;
    for (let column = 0; column < columns.cells; column++) {
      const cell = row * columns.cells + column;
      const size = height * (across[column + 1]! - across[column]!);
      shares[cell] = (size - removed[cell]!) / size;
    }
  }
  return shares;
}

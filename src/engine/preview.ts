/** A tensor as a picture of few cells, made while its weights stream by. */
import { CheckpointError } from '../lib/errors';
import { type PictureAxes, pictureAxesOf } from '../tensors/axes';
import type { PrunableDtype } from '../tensors/dtype';
import { numbersOf } from '../tensors/numbers';
import { applyPrograms } from './applyPrograms';
import { type Measurable, UnitProgress } from './measure';
import type { CallContext, Preview, PreviewRequest } from './protocol';
import { type Chunk, windowBytes } from './stream';
import type { Unit } from './units';

/**
 * One pass over the tensor.
 * @throws CheckpointError `internal` for a tensor that is not measured
 */
export async function preview(
  measurable: Measurable,
  units: readonly Unit[],
  request: PreviewRequest,
  context: CallContext,
): Promise<Preview> {
  const unit = units.find(({ tensor }) => tensor === request.tensor);
  if (!unit) throw new CheckpointError('internal', `Tensor ${request.tensor} was asked for, and it is not measured.`);
  const picture = new Picture(unit, pictureAxesOf(measurable.checkpoint.tensors[unit.tensor]!), request);
  const program = request.outcome?.program ?? [];
  const report = new UnitProgress('refining', [unit], context);
  const originals = new Map<Chunk, Uint8Array>();
  const chunks = applyPrograms(measurable, [unit], new Map([[unit.tensor, program]]), report, context, {
    chunkBytes: windowBytes,
    kept: program.length > 0,
    // Chunks are pruned in place, and the picture is of the weights as they were.
    arriving: (chunk) => originals.set(chunk, program.length > 0 ? chunk.elements.slice() : chunk.elements),
  });
  for await (const { chunk, kept } of chunks) {
    picture.add(originals.get(chunk)!, kept);
    originals.delete(chunk);
  }
  return picture.finish();
}

/** One axis of the tensor, with what a step along it moves in the picture. */
interface Step {
  readonly size: number;
  readonly stride: number;
  readonly down: number;
  readonly across: number;
}

/** Axes are walked by tables of at least so many elements, where they have them. */
const leastTable = 256;

class Picture {
  private readonly dtype: PrunableDtype;
  /** Rows and columns that the elements of the fastest axes are away from the first of them. */
  private readonly down: Int32Array;
  private readonly across: Int32Array;
  /** The other axes, with their strides in tables. */
  private readonly outer: readonly Step[];
  /** The cell row and column of each row and column of the picture, -1 outside the region. */
  private readonly cellRows: Int32Array;
  private readonly cellColumns: Int32Array;
  private readonly rows: number;
  private readonly columns: number;
  private readonly magnitudes: Float32Array;
  private readonly removed: Uint32Array;
  /** Of the next element. */
  private place = 0;

  constructor({ dtype, shape, strides }: Unit, axes: PictureAxes, request: PreviewRequest) {
    this.dtype = dtype;
    const moves = shape.map(() => ({ down: 0, across: 0 }));
    const sizeAlong = (order: readonly number[], direction: 'down' | 'across') => {
      let size = 1;
      for (const axis of [...order].reverse()) {
        moves[axis]![direction] = size;
        size *= shape[axis]!;
      }
      return size;
    };
    const height = sizeAlong(axes.down, 'down');
    const width = sizeAlong(axes.across, 'across');
    const outer = shape
      .map((size, axis) => ({ size, stride: strides[axis]!, ...moves[axis]! }))
      .filter(({ size }) => size > 1)
      .sort((a, b) => a.stride - b.stride);
    let table = { down: new Int32Array(1), across: new Int32Array(1) };
    while (outer.length > 0 && table.down.length < leastTable) table = extended(table, outer.shift()!);
    this.down = table.down;
    this.across = table.across;
    this.outer = outer.map((step) => ({ ...step, stride: step.stride / table.down.length }));
    const { top, bottom, left, right } = clipped(request.region, height, width);
    this.rows = Math.min(Math.max(1, request.rows), bottom - top);
    this.columns = Math.min(Math.max(1, request.columns), right - left);
    this.cellRows = cellsOf(height, top, bottom, this.rows);
    this.cellColumns = cellsOf(width, left, right, this.columns);
    this.magnitudes = new Float32Array(this.rows * this.columns);
    this.removed = new Uint32Array(this.rows * this.columns);
  }

  /** @param kept one byte an element; absent: all are */
  add(elements: Uint8Array, kept: Uint8Array | undefined): void {
    const numbers = numbersOf(this.dtype, elements);
    const size = this.down.length;
    for (let at = 0; at < numbers.length; ) {
      const into = this.place % size;
      const length = Math.min(size - into, numbers.length - at);
      this.addRun(numbers, kept, at, into, length);
      at += length;
      this.place += length;
    }
  }

  /** @param into the table */
  private addRun(
    numbers: Float32Array | Float64Array,
    kept: Uint8Array | undefined,
    start: number,
    into: number,
    length: number,
  ): void {
    const { down, across, cellRows, cellColumns, columns, magnitudes, removed } = this;
    const { row, column } = this.origin(Math.floor(this.place / down.length));
    for (let i = 0; i < length; i++) {
      const cellRow = cellRows[row + down[into + i]!]!;
      const cellColumn = cellColumns[column + across[into + i]!]!;
      if (cellRow < 0 || cellColumn < 0) continue;
      const cell = cellRow * columns + cellColumn;
      const magnitude = Math.abs(numbers[start + i]!);
      if (magnitude > magnitudes[cell]! && magnitude < Number.POSITIVE_INFINITY) magnitudes[cell] = magnitude;
      if (kept?.[start + i] === 0) removed[cell]! += 1;
    }
  }

  /** Where the first element of a table is in the picture. */
  private origin(table: number): { row: number; column: number } {
    let [row, column] = [0, 0];
    for (const { size, stride, down, across } of this.outer) {
      const index = Math.floor(table / stride) % size;
      row += index * down;
      column += index * across;
    }
    return { row, column };
  }

  finish(): Preview {
    const { rows, columns, magnitudes, removed, cellRows, cellColumns } = this;
    const heights = sizesOf(cellRows, rows);
    const widths = sizesOf(cellColumns, columns);
    const kept = Float32Array.from(removed, (count, cell) => {
      const size = heights[Math.floor(cell / columns)]! * widths[cell % columns]!;
      return (size - count) / size;
    });
    return { rows, columns, height: cellRows.length, width: cellColumns.length, magnitudes, kept };
  }
}

/** The table for one more axis, slower than those before. */
function extended(
  { down, across }: { down: Int32Array; across: Int32Array },
  step: Step,
): { down: Int32Array<ArrayBuffer>; across: Int32Array<ArrayBuffer> } {
  const repeat = (offsets: Int32Array, by: number) =>
    Int32Array.from({ length: offsets.length * step.size }, (_, i) => {
      return offsets[i % offsets.length]! + Math.floor(i / offsets.length) * by;
    });
  return { down: repeat(down, step.down), across: repeat(across, step.across) };
}

function clipped(region: PreviewRequest['region'], height: number, width: number) {
  const { top = 0, bottom = height, left = 0, right = width } = region ?? {};
  const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.floor(value)));
  const [first, start] = [within(top, 0, height - 1), within(left, 0, width - 1)];
  return { top: first, bottom: within(bottom, first + 1, height), left: start, right: within(right, start + 1, width) };
}

/** Spreads `[start, end)` evenly over the cells. */
function cellsOf(size: number, start: number, end: number, cells: number): Int32Array {
  const cellOf = new Int32Array(size).fill(-1);
  for (let at = start; at < end; at++) cellOf[at] = Math.floor(((at - start) * cells) / (end - start));
  return cellOf;
}

/** How many rows or columns each cell has. */
function sizesOf(cellOf: Int32Array, cells: number): Uint32Array {
  const sizes = new Uint32Array(cells);
  for (const cell of cellOf) if (cell >= 0) sizes[cell]! += 1;
  return sizes;
}

/** Pictures of tensors that are on the GPU already: how large the weights are and how many a threshold keeps. */
import { f32FromBits } from '../../tensors/half';
import type { GpuDevice } from './device';
import { bitsWgsl, byDtype, elementWgsl, type GpuDtype, threads, workgroupsFor } from './elements';
import { wordsOf } from './job';
import type { Piece } from './pieces';
import { type Threshold, thresholdKey } from './threshold';

/**
 * One side of a picture, its rows or columns: the lines `[start, end)` in `cells` cells, at most as many. Lines count
 * through `axes`, the last one fastest: kernels of a convolution side by side are the axes (inputs, width).
 */
export interface PictureSide {
  /** Strides in elements of the tensor as it is stored. */
  readonly axes: readonly { readonly size: number; readonly stride: number }[];
  readonly start: number;
  readonly end: number;
  readonly cells: number;
}

/** By cell, row by row. */
export interface Picture {
  /** The largest finite magnitude, 0 where there is none. */
  readonly magnitudes: Float32Array;
  /** Share of the weights that are kept, 0 to 1; NaN and infinities are. */
  readonly kept: Float32Array;
}

/** Words by cell: bits of the largest magnitude, weights that are kept, all. Pieces add to it one after the other. */
const cellWords = 3;

const previewWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params {
  first: u32, count: u32, signed: u32, key: i32,
  rows: u32, columns: u32, rowAxes: u32, columnAxes: u32,
}
struct Axis { size: u32, stride: u32 }
struct Lines { start: u32, end: u32 }
struct Cell { greatest: u32, kept: u32, all: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read> lines: array<Lines>;
@group(0) @binding(2) var<storage, read> axes: array<Axis>;
@group(0) @binding(3) var<storage, read_write> cells: array<Cell>;
@group(0) @binding(4) var<uniform> params: Params;
${bitsWgsl}
${elementWgsl(dtype, 'element', 'elements')}

/** Of a line that counts through the axes [first, end), the last one fastest. */
fn placeOf(line: u32, first: u32, end: u32) -> u32 {
  var place = 0u;
  var rest = line;
  for (var a = end; a > first; a--) {
    let axis = axes[a - 1u];
    place += rest % axis.size * axis.stride;
    rest /= axis.size;
  }
  return place;
}

/** One thread to a cell. */
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.rows * params.columns) { return; }
  let rows = lines[id.x / params.columns];
  let columns = lines[params.rows + id.x % params.columns];
  var cell = cells[id.x];
  for (var row = rows.start; row < rows.end; row++) {
    let rowPlace = placeOf(row, 0u, params.rowAxes);
    for (var column = columns.start; column < columns.end; column++) {
      let place = rowPlace + placeOf(column, params.rowAxes, params.rowAxes + params.columnAxes);
      if (place < params.first || place - params.first >= params.count) { continue; }
      let bits = element(place - params.first);
      cell.all += 1u;
      if (!isFinite(bits)) {
        cell.kept += 1u;
        continue;
      }
      cell.greatest = max(cell.greatest, bits & magnitudeBits);
      cell.kept += u32(keyOf(bits, params.signed) > params.key);
    }
  }
  cells[id.x] = cell;
}
`,
);

export function drawPieces(
  gpu: GpuDevice,
  { dtype, pieces }: { readonly dtype: GpuDtype; readonly pieces: readonly Piece[] },
  threshold: Threshold,
  rows: PictureSide,
  columns: PictureSide,
): Promise<Picture> {
  const count = rows.cells * columns.cells;
  const lines = [rows, columns].flatMap(({ start, end, cells }) => {
    // The first line `at` for which floor((at - start) * cells / (end - start)) is the cell.
    const first = (cell: number) => start + Math.ceil((cell * (end - start)) / cells);
    return Array.from({ length: cells }, (_, cell) => [first(cell), first(cell + 1)]).flat();
  });
  const axes = [...rows.axes, ...columns.axes].flatMap(({ size, stride }) => [size, stride]);
  return gpu.run((job) => {
    const cells = job.zeros(count * cellWords * 4);
    const lineBuffer = job.upload(bytesOfWords(lines));
    const axisBuffer = job.upload(bytesOfWords(axes));
    for (const { buffer, first, count: elements } of pieces) {
      const params = job.uniform(
        ...[first, elements, threshold.criterion === 'signed' ? 1 : 0, thresholdKey(threshold)],
        ...[rows.cells, columns.cells, rows.axes.length, columns.axes.length],
      );
      job.dispatch(previewWgsl(dtype), [buffer, lineBuffer, axisBuffer, cells, params], workgroupsFor(count));
    }
    job.read(cells, count * cellWords * 4);
    return ([found]) => {
      const words = wordsOf(found!);
      const at = (cell: number, word: number) => words[cell * cellWords + word]!;
      return {
        magnitudes: Float32Array.from({ length: count }, (_, cell) => f32FromBits(at(cell, 0))),
        kept: Float32Array.from({ length: count }, (_, cell) => at(cell, 1) / at(cell, 2)),
      };
    };
  });
}

function bytesOfWords(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** Pictures of tensors that are on the GPU already: how large the weights are and how many a threshold keeps. */
import { f32FromBits } from '../../tensors/half';
import { edgesOf, type PictureCells, type PicturePlan } from '../picture';
import type { PlacedThreshold } from '../residents';
import type { GpuDevice } from './device';
import { bitsWgsl, byDtype, elementWgsl, type GpuDtype, threads, workgroupsFor } from './elements';
import { wordsOf } from './job';
import type { Slab } from './residentSlabs';
import { thresholdKey } from './threshold';

/** Words by cell: bits of the largest magnitude, weights that go. Slabs add to it one after the other. */
const cellWords = 2;

const previewWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params {
  first: u32, count: u32, signed: u32, key: i32,
  rows: u32, columns: u32, rowAxes: u32, columnAxes: u32,
  tiesEnd: u32,
}
struct Axis { size: u32, stride: u32 }
struct Lines { start: u32, end: u32 }
struct Cell { greatest: u32, removed: u32 }
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
      if (!isFinite(bits)) { continue; }
      cell.greatest = max(cell.greatest, bits & magnitudeBits);
      let key = keyOf(bits, params.signed);
      cell.removed += u32(key < params.key || (key == params.key && place < params.tiesEnd));
    }
  }
  cells[id.x] = cell;
}
`,
);

export function drawSlabs(
  gpu: GpuDevice,
  { dtype, slabs }: { readonly dtype: GpuDtype; readonly slabs: readonly Slab[] },
  threshold: PlacedThreshold,
  { rows, columns }: PicturePlan,
): Promise<PictureCells> {
  const count = rows.cells * columns.cells;
  const lines = [rows, columns].flatMap((side) => {
    const edges = [...edgesOf(side)];
    return edges.slice(1).flatMap((end, cell) => [edges[cell]!, end]);
  });
  const axes = [...rows.axes, ...columns.axes].flatMap(({ size, stride }) => [size, stride]);
  // Places fit 32 bits, and so all are before the last one there is.
  const tiesEnd = Math.min(threshold.tiesEnd, 2 ** 32 - 1);
  return gpu.run((job) => {
    const cells = job.zeros(count * cellWords * 4);
    const lineBuffer = job.upload(bytesOfWords(lines));
    const axisBuffer = job.upload(bytesOfWords(axes));
    for (const { buffer, first, count: elements } of slabs) {
      const params = job.uniform(
        ...[first, elements, threshold.criterion === 'signed' ? 1 : 0, thresholdKey(threshold)],
        ...[rows.cells, columns.cells, rows.axes.length, columns.axes.length],
        tiesEnd,
      );
      job.dispatch(previewWgsl(dtype), [buffer, lineBuffer, axisBuffer, cells, params], workgroupsFor(count));
    }
    job.read(cells, count * cellWords * 4);
    return ([found]) => {
      const words = wordsOf(found!);
      const magnitudes = new Float32Array(count);
      const removed = new Uint32Array(count);
      for (let cell = 0; cell < count; cell++) {
        magnitudes[cell] = f32FromBits(words[cell * cellWords]!);
        removed[cell] = words[cell * cellWords + 1]!;
      }
      return { magnitudes, removed };
    };
  });
}

function bytesOfWords(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

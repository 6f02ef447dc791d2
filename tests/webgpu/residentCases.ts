/** Tensors that stay on the GPU. */
import { GpuDevice } from '../../src/kernels/webgpu/device';
import type { Picture, PictureSide } from '../../src/kernels/webgpu/preview';
import { ResidentTensors } from '../../src/kernels/webgpu/resident';
import type { Threshold } from '../../src/kernels/webgpu/threshold';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import { expectSame } from '../support/expectSame';
import { bytesOf, partsOf, unaligned, valuesOf, weights } from '../support/tensors';
import type { WebGpuCase } from './cases';

const dtypes = ['F32', 'F16', 'BF16'] as const;

async function withResidents(budget: number, run: (residents: ResidentTensors, gpu: GpuDevice) => Promise<void>) {
  const gpu = await GpuDevice.request(navigator.gpu, { partBytes: 16_384 });
  if (!gpu) throw new Error('There is no GPU device.');
  try {
    await run(new ResidentTensors(gpu, budget), gpu);
    expectSame(gpu.buffersLent, 0, 'buffers lent');
  } finally {
    gpu.destroy();
  }
}

async function load(residents: ResidentTensors, tensor: number, dtype: PrunableDtype, bytes: Uint8Array) {
  const writer = await residents.load(tensor, dtype, bytes.length / byteWidthOf(dtype));
  for (const part of partsOf(dtype, bytes, [1, 4_097, 9_001])) writer?.write(unaligned(part));
  writer?.finish();
  return writer !== undefined;
}

function awkward(dtype: PrunableDtype, count: number): Uint8Array {
  const values = weights(count);
  values[3] = Number.NaN;
  values[count - 1] = Number.NEGATIVE_INFINITY;
  values[7] = -0;
  return bytesOf(dtype, values);
}

/** The picture, element by element. */
function drawn(
  values: readonly number[],
  { criterion, threshold }: Threshold,
  rows: PictureSide,
  columns: PictureSide,
): Picture {
  const magnitudes = new Float32Array(rows.cells * columns.cells);
  const kept = new Float32Array(magnitudes.length);
  const all = new Float32Array(magnitudes.length);
  const cellOf = ({ start, end, cells }: PictureSide, line: number) =>
    Math.floor(((line - start) * cells) / (end - start));
  for (let row = rows.start; row < rows.end; row++) {
    for (let column = columns.start; column < columns.end; column++) {
      const value = values[placeOf(rows, row) + placeOf(columns, column)]!;
      const cell = cellOf(rows, row) * columns.cells + cellOf(columns, column);
      const score = criterion === 'magnitude' ? Math.abs(value) : value;
      all[cell]! += 1;
      if (!Number.isFinite(value) || score > threshold) kept[cell]! += 1;
      if (Number.isFinite(value)) magnitudes[cell] = Math.max(magnitudes[cell]!, Math.abs(value));
    }
  }
  return { magnitudes, kept: kept.map((count, cell) => count / all[cell]!) };
}

function placeOf({ axes }: PictureSide, line: number): number {
  let place = 0;
  let rest = line;
  for (const { size, stride } of axes.toReversed()) {
    place += (rest % size) * stride;
    rest = Math.floor(rest / size);
  }
  return place;
}

export const residentCases: readonly WebGpuCase[] = [
  {
    name: 'counts at or below thresholds in all resident tensors at once',
    run: () =>
      withResidents(2 ** 20, async (residents) => {
        const tensors = dtypes.map((dtype) => awkward(dtype, 20_011));
        for (const [i, dtype] of dtypes.entries()) await load(residents, i, dtype, tensors[i]!);
        for (const criterion of ['magnitude', 'signed'] as const) {
          for (const threshold of [0.03125, 0, -0.0625, Number.POSITIVE_INFINITY]) {
            const counts = await residents.countAtOrBelow([
              ...dtypes.map((_, tensor) => ({ tensor, criterion, threshold })),
              { tensor: 99, criterion, threshold },
            ]);
            const expected = dtypes.map((dtype, i) => {
              const values = valuesOf(dtype, tensors[i]!).filter(Number.isFinite);
              return values.filter((value) => (criterion === 'magnitude' ? Math.abs(value) : value) <= threshold)
                .length;
            });
            expectSame(counts, [...expected, undefined], `${criterion} ${threshold}`);
          }
        }
      }),
  },
  {
    name: 'drops the least recently used for a new tensor, and takes none beyond its budget or in f64',
    run: () =>
      withResidents(100_000, async (residents) => {
        const bytes = awkward('F32', 10_000);
        for (const tensor of [1, 2]) await load(residents, tensor, 'F32', bytes);
        await residents.countAtOrBelow([{ tensor: 1, criterion: 'magnitude', threshold: 0 }]);
        expectSame(await load(residents, 3, 'F32', bytes), true, 'taken');
        expectSame(
          [1, 2, 3].map((tensor) => residents.has(tensor)),
          [true, false, true],
          'resident',
        );
        expectSame(await load(residents, 4, 'F32', awkward('F32', 25_001)), false, 'larger than the budget');
        expectSame(await load(residents, 5, 'F64', awkward('F64', 10)), false, 'f64');
        expectSame(
          [1, 3].map((tensor) => residents.has(tensor)),
          [true, true],
          'still resident',
        );
        residents.clear();
        expectSame(residents.has(1), false, 'cleared');
      }),
  },
  {
    name: 'draws what the reference draws, of a matrix and of the kernels of a convolution',
    run: () =>
      withResidents(2 ** 20, async (residents) => {
        const side = (axes: PictureSide['axes'], start: number, end: number, cells: number) => ({
          axes,
          start,
          end,
          cells,
        });
        const pictures = [
          // 150 x 100, row by row: all of it, and a part.
          [side([{ size: 150, stride: 100 }], 0, 150, 20), side([{ size: 100, stride: 1 }], 0, 100, 30)],
          [side([{ size: 150, stride: 100 }], 20, 24, 9), side([{ size: 100, stride: 1 }], 50, 60, 10)],
          // 50 outputs, 20 inputs, kernels of 3 x 5: rows are outputs by heights, columns inputs by widths.
          [
            side(
              [
                { size: 50, stride: 300 },
                { size: 3, stride: 5 },
              ],
              0,
              150,
              150,
            ),
            side(
              [
                { size: 20, stride: 15 },
                { size: 5, stride: 1 },
              ],
              0,
              100,
              50,
            ),
          ],
        ] as const;
        for (const dtype of dtypes) {
          const bytes = awkward(dtype, 15_000);
          await load(residents, 0, dtype, bytes);
          for (const [rows, columns] of pictures) {
            for (const criterion of ['magnitude', 'signed'] as const) {
              const threshold = { criterion, threshold: 0.015625 };
              const picture = await residents.preview(0, threshold, rows, columns);
              expectSame(picture, drawn(valuesOf(dtype, bytes), threshold, rows, columns), 'picture');
            }
          }
        }
      }),
  },
];

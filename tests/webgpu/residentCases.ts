/** Tensors that stay on the GPU. */
import { referenceKernels } from '../../src/kernels/reference/referenceKernels';
import { GpuDevice } from '../../src/kernels/webgpu/device';
import { ResidentTensors } from '../../src/kernels/webgpu/resident';
import { binOf } from '../../src/tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import { expectSame } from '../support/expectSame';
import { pictureCases } from '../support/pictureCases';
import { bytesOf, partsOf, unaligned, valuesOf, weights } from '../support/tensors';
import type { WebGpuCase } from './cases';

const dtypes = ['F32', 'F16', 'BF16'] as const;

async function withResidents(
  budget: number,
  run: (residents: ResidentTensors<number>, gpu: GpuDevice) => Promise<void>,
) {
  const gpu = await GpuDevice.request(navigator.gpu, { slabBytes: 16_384 });
  if (!gpu) throw new Error('There is no GPU device.');
  try {
    await run(new ResidentTensors(gpu, budget), gpu);
    expectSame(gpu.buffersLent, 0, 'buffers lent');
  } finally {
    gpu.destroy();
  }
}

async function load(residents: ResidentTensors<number>, tensor: number, dtype: PrunableDtype, bytes: Uint8Array) {
  const writer = await residents.load(tensor, dtype, bytes.length / byteWidthOf(dtype));
  for (const part of partsOf(dtype, bytes, [1, 4_097, 9_001])) await writer?.write(unaligned(part));
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
    name: 'finds the values of a bin in a tensor of several pieces; bins of half floats are values',
    run: () =>
      withResidents(2 ** 20, async (residents) => {
        const bytes = awkward('F32', 20_011);
        await load(residents, 0, 'F32', bytes);
        await load(residents, 1, 'BF16', awkward('BF16', 100));
        const bin = binOf('F32', 0.05);
        const accumulator = referenceKernels.refineBin('F32', bin);
        accumulator.add(bytes);
        expectSame(await residents.refine(0, bin), accumulator.finish(), 'bin');
        expectSame([await residents.refine(1, bin), await residents.refine(2, bin)], [undefined, undefined], 'others');
      }),
  },
  ...pictureCases.map(({ name, run }) => ({
    name: `${name}, resident`,
    run: () =>
      withResidents(2 ** 20, (residents) =>
        run(async ({ dtype, bytes, plan, mask }, { tiesEnd }) => {
          await load(residents, 0, dtype, bytes);
          const nothing = { criterion: 'magnitude', threshold: -1 } as const;
          const drawn = await residents.draw(0, { ...(mask ?? nothing), tiesEnd }, plan);
          return { ...drawn!, tiesEnd };
        }, dtypes),
      ),
  })),
];

/** How fast kernels are: there and back, on the GPU alone, and for weights that stay there. */
import { windowBytes } from '../../../src/engine/reading/stream';
import type { Kernels } from '../../../src/kernels/kernels';
import { GpuDevice } from '../../../src/kernels/webgpu/device';
import { createFallbackKernels, tasks } from '../../../src/kernels/webgpu/fallback';
import { byteWidthOf } from '../../../src/tensors/dtype';
import { withRecorder } from './recorder';
import { timeReplay } from './replay';
import { rate, timeRuns } from './timing';
import { type BenchDtype, type ResidentWork, type Work, weights } from './works';

export interface SpeedOptions {
  readonly hostMegabytes: readonly number[];
  /** MiB of weights that are on the GPU: several times what its caches hold. */
  readonly gpuMegabytes: number;
  /** Of which the median counts. */
  readonly runs: number;
}

export const mebi = 2 ** 20;
/** A part as the engine cuts it … */
const engineSlabBytes = 16 * mebi;
/** … and nearly as many elements as one dispatch takes, so that starting it counts for less. */
const largeSlabElements = 15 * mebi;
/** WASM is timed with no more than this: it has no fixed cost worth a larger size. */
const wasmMegabytes = 64;

/** GB/s from weights in the host's memory to results there, by size; then what WASM does. */
export async function timeThereAndBack(
  gpu: GPU,
  wasm: Kernels,
  work: Work,
  dtype: BenchDtype,
  { hostMegabytes, runs }: SpeedOptions,
): Promise<string[]> {
  const device = await requested(gpu);
  const timed = async (kernels: Kernels, megabytes: number) => {
    const source = weights(dtype, megabytes * mebi);
    const bytes = source.slice();
    const milliseconds = await timeRuns(
      runs,
      () => work.run(kernels, dtype, bytes, windowBytes),
      () => bytes.set(source),
    );
    return rate(bytes.length, milliseconds).toFixed(2);
  };
  const rates: string[] = [];
  for (const megabytes of hostMegabytes) rates.push(await timed(onGpu(device, wasm), megabytes));
  // Otherwise WASM was timed in its place.
  if (device.isLost) throw new Error(`The GPU was lost: ${await device.lost}`);
  device.destroy();
  return [...rates, await timed(wasm, Math.min(wasmMegabytes, ...hostMegabytes.slice(-1)))];
}

/** GB/s of weights on the GPU, in parts of the engine's size and in large ones. */
export async function timeOnGpu(
  gpu: GPU,
  wasm: Kernels,
  work: Work | ResidentWork,
  dtype: BenchDtype,
  { gpuMegabytes, runs }: SpeedOptions,
): Promise<number[]> {
  const speeds: number[] = [];
  for (const bytes of [engineSlabBytes, largeSlabElements * byteWidthOf(dtype)]) {
    const source = weights(dtype, bytes);
    const copies = { count: Math.max(2, Math.ceil((gpuMegabytes * mebi) / bytes)), passes: runs };
    const milliseconds = await withRecorder(gpu, async (recorder) => {
      // Scores are wider than half floats, and a part holds both.
      const device = await requested(recorder.gpu, 2 * bytes);
      if ('load' in work) await work.run(await work.load(device, dtype, source, 1));
      else await work.run(onGpu(device, wasm), dtype, source.slice(), bytes);
      return timeReplay(recorder, source, copies);
    });
    speeds.push(rate(bytes, milliseconds));
  }
  return speeds;
}

/** Milliseconds until the answer about resident weights is in the host's memory: `bytes` of them in tensors of 64 MiB. */
export async function timeResident(
  gpu: GPU,
  work: ResidentWork,
  dtype: BenchDtype,
  bytes: number,
  { runs }: SpeedOptions,
): Promise<number> {
  const device = await requested(gpu);
  const each = Math.min(64 * mebi, bytes);
  const loaded = await work.load(device, dtype, weights(dtype, each), bytes / each);
  const milliseconds = await timeRuns(runs, () => work.run(loaded));
  device.destroy();
  return milliseconds;
}

async function requested(gpu: GPU, slabBytes = engineSlabBytes): Promise<GpuDevice> {
  const device = await GpuDevice.request(gpu, { slabBytes });
  if (!device) throw new Error('There is no GPU device.');
  return device;
}

function onGpu(gpu: GpuDevice, spare: Kernels): Kernels {
  return createFallbackKernels({ gpu, spare, tasks: new Set(tasks), name: 'WebGPU', leastBytes: 0 });
}

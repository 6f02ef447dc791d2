/** What is timed: each kernel once over a tensor, called as the engine calls it. */
import type { Applier, Grouping, Kernels, ScoreApplier } from '../../../src/kernels/kernels';
import type { GpuDevice } from '../../../src/kernels/webgpu/device';
import { ResidentTensors } from '../../../src/kernels/webgpu/resident';
import { binOf } from '../../../src/tensors/bins';
import { byteWidthOf } from '../../../src/tensors/dtype';
import { bytesOf } from '../../support/tensors';

export const dtypes = ['F32', 'F16', 'BF16'] as const;
export type BenchDtype = (typeof dtypes)[number];

/** Inputs of the linear layer that the weights are taken for. */
export const rowElements = 4096;

interface Timed {
  readonly name: string;
  /** Bytes that GPU memory gives and takes at the least, for each byte of weights. */
  traffic(dtype: BenchDtype): number;
}

export interface Work extends Timed {
  /** @param chunkBytes in which the tensor is streamed; its weights may be changed */
  run(kernels: Kernels, dtype: BenchDtype, bytes: Uint8Array, chunkBytes: number): Promise<void>;
}

export interface Residents {
  readonly tensors: ResidentTensors<number>;
  readonly count: number;
  /** Elements of each. */
  readonly elements: number;
}

/** What is done with tensors that stay on the GPU. */
export interface ResidentWork extends Timed {
  /** @param count tensors of the same weights */
  load(gpu: GpuDevice, dtype: BenchDtype, bytes: Uint8Array, count: number): Promise<Residents>;
  run(residents: Residents): Promise<void>;
}

/** Near the middle of the magnitudes of `weights`; every dtype can hold it. */
const threshold = 2 ** -6;
const magnitude = { criterion: 'magnitude', threshold } as const;
const readOnce = () => 1;
/** Half of the weights go, so that there is something to write back everywhere. */
const readAndWritten = () => 2;

export const works: readonly Work[] = [
  {
    name: 'measure',
    traffic: readOnce,
    run: (kernels, dtype, bytes, chunkBytes) => accumulated(kernels.measure(dtype), bytes, chunkBytes),
  },
  {
    name: 'refine a bin',
    traffic: readOnce,
    run: (kernels, dtype, bytes, chunkBytes) =>
      accumulated(kernels.refineBin(dtype, binOf(dtype, threshold)), bytes, chunkBytes),
  },
  {
    name: 'sums of squares by bin',
    traffic: readOnce,
    run: (kernels, dtype, bytes, chunkBytes) => accumulated(kernels.binEnergies(dtype), bytes, chunkBytes),
  },
  {
    name: 'threshold',
    traffic: readAndWritten,
    run: (kernels, dtype, bytes, chunkBytes) =>
      applied(kernels.applyThreshold(dtype, { ...magnitude, ties: Number.POSITIVE_INFINITY }), bytes, chunkBytes),
  },
  {
    name: 'threshold, some ties',
    traffic: readAndWritten,
    run: (kernels, dtype, bytes, chunkBytes) =>
      applied(kernels.applyThreshold(dtype, { ...magnitude, ties: 1000 }), bytes, chunkBytes),
  },
  {
    name: 'L2 norms of rows',
    traffic: readOnce,
    run: (kernels, dtype, bytes, chunkBytes) =>
      accumulated(kernels.groupNorms(dtype, rowsOf(dtype, bytes), 2), bytes, chunkBytes),
  },
  {
    name: '2:4',
    traffic: readAndWritten,
    run: (kernels, dtype, bytes, chunkBytes) => {
      const pattern = { amount: { keep: 2 }, m: 4, size: rowElements, stride: 1, run: 1 };
      const applier = kernels.applyPattern(dtype, dtype, 'magnitude', pattern);
      return applied(byWeights(applier), bytes, chunkBytes);
    },
  },
  {
    name: 'random scores',
    // Scores are f32.
    traffic: (dtype) => 1 + 4 / byteWidthOf(dtype),
    async run(kernels, dtype, bytes, chunkBytes) {
      const scorer = kernels.scorer(dtype, { kind: 'random', seed: 1, stream: 2 });
      await eachChunk(bytes, chunkBytes, (chunk, at) => scorer.score(chunk, at / byteWidthOf(dtype)));
    },
  },
];

export const residentWorks: readonly ResidentWork[] = [
  {
    name: 'count at or below',
    traffic: readOnce,
    load: loadResidents,
    async run({ tensors, count }) {
      await tensors.countAtOrBelow(Array.from({ length: count }, (_, tensor) => ({ tensor, ...magnitude })));
    },
  },
  {
    name: 'picture of 512 × 512',
    traffic: readOnce,
    load: loadResidents,
    async run({ tensors, count, elements }) {
      const side = (lines: number, stride: number) => ({
        axes: [{ size: lines, stride }],
        start: 0,
        end: lines,
        cells: Math.min(512, lines),
      });
      const plan = { rows: side(elements / rowElements, rowElements), columns: side(rowElements, 1) };
      const mask = { ...magnitude, tiesEnd: Number.POSITIVE_INFINITY };
      for (let tensor = 0; tensor < count; tensor++) await tensors.draw(tensor, mask, plan);
    },
  },
];

async function loadResidents(gpu: GpuDevice, dtype: BenchDtype, bytes: Uint8Array, count: number): Promise<Residents> {
  const tensors = new ResidentTensors<number>(gpu, count * bytes.length);
  const elements = bytes.length / byteWidthOf(dtype);
  for (let tensor = 0; tensor < count; tensor++) {
    const writer = await tensors.load(tensor, dtype, elements);
    if (!writer) throw new Error('There is no room on the GPU.');
    await writer.write(bytes);
    writer.finish();
  }
  return { tensors, count, elements };
}

/** Spread as weights are: sums of three uniform numbers. @param bytes a multiple of a row's */
export function weights(dtype: BenchDtype, bytes: number): Uint8Array {
  const pattern = bytesOf(
    dtype,
    Array.from({ length: 2 ** 20 }, () => (Math.random() + Math.random() + Math.random() - 1.5) * 0.05),
  );
  const all = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += pattern.length) all.set(pattern.subarray(0, bytes - at), at);
  return all;
}

async function eachChunk(bytes: Uint8Array, chunkBytes: number, work: (chunk: Uint8Array, at: number) => unknown) {
  for (let at = 0; at < bytes.length; at += chunkBytes) await work(bytes.subarray(at, at + chunkBytes), at);
}

async function accumulated(
  accumulator: { add(bytes: Uint8Array): unknown; finish(): unknown },
  bytes: Uint8Array,
  chunkBytes: number,
): Promise<void> {
  await eachChunk(bytes, chunkBytes, (chunk) => accumulator.add(chunk));
  await accumulator.finish();
}

async function applied(applier: Applier, bytes: Uint8Array, chunkBytes: number): Promise<void> {
  await eachChunk(bytes, chunkBytes, (chunk) => applier.apply(chunk));
  await applier.finish();
}

function byWeights(applier: ScoreApplier): Applier {
  return { apply: (bytes) => applier.apply(bytes, bytes), finish: () => applier.finish() };
}

function rowsOf(dtype: BenchDtype, bytes: Uint8Array): Grouping {
  const count = bytes.length / byteWidthOf(dtype) / rowElements;
  return { axes: [{ stride: rowElements, size: count, block: 1, step: 1 }], count };
}

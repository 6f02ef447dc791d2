/** Which backend does what: what there is, how fast it is at some real work, and what the user forces. */
import type { TensorStatistics } from '../../tensors/statistics';
import type { Backend } from '../backend';
import type { ApplyCounts, Kernels } from '../kernels';
import { type AdapterDescription, GpuDevice } from './device';
import { createFallbackKernels, type Task, tasks } from './fallback';

/** Milliseconds. */
export interface Timing {
  readonly measure: number;
  readonly apply: number;
}

export interface BackendRecord {
  readonly wasm: { readonly name: string; readonly timing: Timing | undefined };
  /** Absent: no WebGPU, or no adapter. Without a timing: not tried, or not to be trusted. */
  readonly webgpu?: { readonly adapter: AdapterDescription; readonly timing: Timing | undefined };
}

export interface Choice {
  /** Of the badge: `WebGPU · NVIDIA`, `WASM SIMD`. */
  readonly name: string;
  /** What runs on the GPU. */
  readonly gpuTasks: ReadonlySet<Task>;
}

export interface BackendOptions {
  readonly wasm: Kernels;
  /** `navigator.gpu`, where there is one. */
  readonly gpu: GPU | undefined;
  /** See `forcedBackend`. */
  readonly forced?: Backend | undefined;
}

export interface Backends {
  readonly kernels: Kernels;
  readonly choice: Choice;
  readonly record: BackendRecord;
  /** Where weights may stay resident: a real GPU, or a forced one. To be destroyed by whoever asked for it. */
  readonly gpu: GpuDevice | undefined;
}

/** Finds out what there is and makes the kernels that suit it. Takes some ten milliseconds where there is a GPU. */
export async function createKernels({ wasm, gpu: entry, forced }: BackendOptions): Promise<Backends> {
  const found = forced === 'wasm' ? undefined : await GpuDevice.request(entry);
  const record = await probeBackends(wasm, found, forced);
  const choice = choose(record, forced);
  if (!found || (found.adapter.isFallback && forced !== 'webgpu')) {
    found?.destroy();
    return { kernels: wasm, choice, record, gpu: undefined };
  }
  const { name, gpuTasks } = choice;
  const kernels =
    gpuTasks.size === 0 ? wasm : createFallbackKernels({ gpu: found, spare: wasm, tasks: gpuTasks, name });
  return { kernels, choice, record, gpu: found };
}

/** Tries both backends on the same work where there is a choice to make. @param bytes that work: f32, 1 MiB or more */
export async function probeBackends(
  wasm: Kernels,
  gpu: GpuDevice | undefined,
  forced: Backend | undefined,
  bytes = probeWeights(),
): Promise<BackendRecord> {
  const { name } = wasm;
  if (!gpu) return { wasm: { name, timing: undefined } };
  const { adapter } = gpu;
  if (forced !== undefined || adapter.isFallback) {
    return { wasm: { name, timing: undefined }, webgpu: { adapter, timing: undefined } };
  }
  const onWasm = await trialOf(wasm, bytes);
  const onGpu = await trialOf(
    createFallbackKernels({ gpu, spare: wasm, tasks: new Set(tasks), name: 'WebGPU' }),
    bytes,
  ).catch(() => undefined);
  const isTrusted = onGpu !== undefined && !gpu.isLost && agree(onGpu, onWasm);
  return {
    wasm: { name, timing: onWasm.timing },
    webgpu: { adapter, timing: isTrusted ? onGpu.timing : undefined },
  };
}

/**
 * What goes to the faster one. Norms and scores are not worth the way to the GPU, from where all of them are read
 * back; and masks follow from norms, which therefore come from one backend throughout, the same to the last bit.
 */
const timedTasks = ['measure', 'apply'] as const;

export function choose({ wasm, webgpu }: BackendRecord, forced?: Backend): Choice {
  const onGpu = new Set<Task>();
  if (webgpu && forced === 'webgpu') for (const task of tasks) onGpu.add(task);
  if (webgpu?.timing && wasm.timing && !webgpu.adapter.isFallback && forced === undefined) {
    for (const task of timedTasks) if (webgpu.timing[task] < wasm.timing[task]) onGpu.add(task);
  }
  return {
    name: webgpu && onGpu.size > 0 ? `WebGPU · ${makerOf(webgpu.adapter)}` : wasm.name,
    gpuTasks: onGpu,
  };
}

const makers: Readonly<Record<string, string>> = {
  amd: 'AMD',
  apple: 'Apple',
  arm: 'Arm',
  intel: 'Intel',
  nvidia: 'NVIDIA',
  qualcomm: 'Qualcomm',
};

function makerOf({ vendor, isFallback }: AdapterDescription): string {
  if (isFallback) return 'software';
  return makers[vendor.toLowerCase()] ?? (vendor || 'GPU');
}

const probeBytes = 8 * 2 ** 20;

interface Trial {
  /** Of the second run: the first one compiles. */
  readonly timing: Timing;
  /** What every backend must find: counts and extremes, … */
  readonly result: string;
  /** … and the weights left by a threshold. */
  readonly left: Uint32Array;
}

async function trialOf(kernels: Kernels, bytes: Uint8Array): Promise<Trial> {
  await measured(kernels, bytes);
  await appliedTo(kernels, bytes.slice());
  const copy = bytes.slice();
  const start = performance.now();
  const { zeros, nan, min, max, histogram } = await measured(kernels, bytes);
  const between = performance.now();
  const { pruned } = await appliedTo(kernels, copy);
  const end = performance.now();
  return {
    timing: { measure: between - start, apply: end - between },
    result: JSON.stringify([zeros, nan, min, max, histogram.firstBin, [...histogram.positive], pruned]),
    left: new Uint32Array(copy.buffer, copy.byteOffset, copy.length / 4),
  };
}

function agree(a: Trial, b: Trial): boolean {
  return a.result === b.result && a.left.every((word, i) => word === b.left[i]);
}

async function measured(kernels: Kernels, bytes: Uint8Array): Promise<TensorStatistics> {
  const accumulator = kernels.measure('F32');
  await accumulator.add(bytes);
  return accumulator.finish();
}

async function appliedTo(kernels: Kernels, bytes: Uint8Array): Promise<ApplyCounts> {
  const mask = { criterion: 'magnitude', threshold: 0.02, ties: Number.POSITIVE_INFINITY } as const;
  const applier = kernels.applyThreshold('F32', mask);
  await applier.apply(bytes);
  return applier.finish();
}

/** Spread as weights are: the sum of three uniform numbers is nearly normal. */
function probeWeights(): Uint8Array {
  const pattern = Float32Array.from(
    { length: 2 ** 14 },
    () => (Math.random() + Math.random() + Math.random() - 1.5) / 10,
  );
  const bytes = new Uint8Array(probeBytes);
  for (let at = 0; at < probeBytes; at += pattern.byteLength) bytes.set(new Uint8Array(pattern.buffer), at);
  return bytes;
}

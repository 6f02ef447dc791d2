/** What happens when the GPU goes, and who is chosen. */
import type { Kernels } from '../../src/kernels/kernels';
import { referenceKernels } from '../../src/kernels/reference/referenceKernels';
import { isGpuLost } from '../../src/kernels/residents';
import { createWasmKernels } from '../../src/kernels/wasm/wasmKernels';
import { createKernels, probeBackends } from '../../src/kernels/webgpu/choose';
import { GpuDevice } from '../../src/kernels/webgpu/device';
import { createFallbackKernels, tasks } from '../../src/kernels/webgpu/fallback';
import { measureSlab } from '../../src/kernels/webgpu/measure';
import { expectSame } from '../support/expectSame';
import { kernelCases } from '../support/kernelCases';
import { bytesOf, weights } from '../support/tensors';
import type { WebGpuCase } from './cases';

async function device(): Promise<GpuDevice> {
  const gpu = await GpuDevice.request(navigator.gpu);
  if (!gpu) throw new Error('There is no GPU device.');
  return gpu;
}

function onBoth(gpu: GpuDevice): Kernels {
  return createFallbackKernels({
    gpu,
    spare: referenceKernels,
    tasks: new Set(tasks),
    name: 'WebGPU',
    leastBytes: 0,
  });
}

async function loadWasm(): Promise<Kernels> {
  const url = new URL('../../src/kernels/wasm/kernels.wasm', import.meta.url);
  return createWasmKernels(await WebAssembly.compileStreaming(fetch(url)));
}

const bytes = bytesOf(
  'F32',
  weights(20_000).map((weight, i) => (i % 3 === 0 ? 0.5 : weight)),
);
const firstHalf = bytes.subarray(0, 40_000);
const secondHalf = bytes.subarray(40_000);

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

export const deviceCases: readonly WebGpuCase[] = [
  {
    name: 'rejects with gpu-lost what is under way when the device goes, and what comes after',
    async run() {
      const gpu = await device();
      const underWay = rejectionOf(measureSlab(gpu, 'F32', bytes));
      gpu.destroy();
      expectSame(isGpuLost(await underWay), true, 'under way');
      expectSame(isGpuLost(await rejectionOf(measureSlab(gpu, 'F32', bytes))), true, 'afterwards');
      expectSame(gpu.isLost, true, 'lost');
      expectSame(gpu.buffersLent, 0, 'buffers lent');
    },
  },
  {
    name: 'goes on with the spare backend when the device goes in the middle of a tensor',
    async run() {
      const gpu = await device();
      const kernels = onBoth(gpu);
      const mask = { criterion: 'magnitude', threshold: 0.5, ties: 5_000 } as const;
      const grouping = { axes: [{ stride: 100, size: 200, block: 1, step: 1 }], count: 200 };
      const gone = Uint8Array.from({ length: 200 }, (_, group) => group % 2);
      const all = (backend: Kernels) => ({
        measure: backend.measure('F32'),
        norms: backend.groupNorms('F32', grouping, Number.POSITIVE_INFINITY),
        threshold: backend.applyThreshold('F32', mask),
        groups: backend.applyGroups('F32', grouping, gone),
      });
      const feed = async (running: ReturnType<typeof all>, half: Uint8Array) => {
        const left = [half.slice(), half.slice()] as const;
        const changed = [running.threshold.apply(left[0]), running.groups.apply(left[1])];
        await Promise.all([running.measure.add(half), running.norms.add(half)]);
        return { changed: await Promise.all(changed), left };
      };
      const finish = async (running: ReturnType<typeof all>) => {
        const { mean: _mean, std: _std, ...exact } = await running.measure.finish();
        const counts = [await running.threshold.finish(), await running.groups.finish()];
        return { exact, counts, norms: await running.norms.finish() };
      };

      const running = all(kernels);
      const first = await feed(running, firstHalf);
      expectSame(kernels.name, 'WebGPU', 'name');
      const underWay = feed(running, secondHalf);
      gpu.destroy();
      const second = await underWay;
      expectSame(kernels.name, referenceKernels.name, 'name without the GPU');

      const expected = all(referenceKernels);
      expectSame(first, await feed(expected, firstHalf), 'first half');
      expectSame(second, await feed(expected, secondHalf), 'second half');
      expectSame(await finish(running), await finish(expected), 'results');
    },
  },
  {
    name: 'does everything with the spare backend once the device is gone',
    async run() {
      const gpu = await device();
      const kernels = onBoth(gpu);
      gpu.destroy();
      for (const one of kernelCases.filter(({ name }) => !/large|millions|across|span/.test(name)))
        await one.run(kernels);
    },
  },
  {
    name: 'leaves small chunks to the spare backend',
    async run() {
      const gpu = await device();
      const kernels = createFallbackKernels({ gpu, spare: referenceKernels, tasks: new Set(tasks), name: 'WebGPU' });
      const asked = kernels.measure('F32');
      await asked.add(firstHalf);
      await asked.add(secondHalf);
      const expected = referenceKernels.measure('F32');
      expected.add(bytes);
      expectSame(await asked.finish(), expected.finish(), 'statistics');
      gpu.destroy();
    },
  },
  {
    name: 'chooses WASM before an adapter in software, unless that is forced',
    async run() {
      const options = { wasm: referenceKernels, gpu: navigator.gpu };
      const { adapter } = await device();
      if (adapter.isFallback) {
        const free = await createKernels(options);
        expectSame(
          [free.kernels === referenceKernels, free.gpu, free.choice.name],
          [true, undefined, 'TypeScript'],
          'free',
        );
      }
      const forced = await createKernels({ ...options, forced: 'webgpu' });
      expectSame(
        [forced.kernels.name.startsWith('WebGPU · '), [...forced.choice.gpuTasks]],
        [true, [...tasks]],
        'forced',
      );
      forced.gpu?.destroy();
      const without = await createKernels({ ...options, forced: 'wasm' });
      expectSame([without.kernels === referenceKernels, without.gpu], [true, undefined], 'WASM forced');
    },
  },
  {
    name: 'times a GPU that finds what the other backend finds, and no other',
    async run() {
      const gpu = await device();
      // Told to be a GPU, so that it is tried.
      const asGpu: GpuDevice = Object.assign(Object.create(gpu), { adapter: { ...gpu.adapter, isFallback: false } });
      const wasm = await loadWasm();
      const work = bytesOf('F32', weights(2 ** 18));
      const record = await probeBackends(wasm, asGpu, undefined, work);
      expectSame([record.wasm.timing!.measure > 0, record.webgpu!.timing!.apply > 0], [true, true], 'timed');

      const prunesNothing = { criterion: 'magnitude', threshold: 0, ties: 0 } as const;
      const other = { ...wasm, applyThreshold: () => wasm.applyThreshold('F32', prunesNothing) };
      expectSame(
        (await probeBackends(other, asGpu, undefined, work)).webgpu!.timing,
        undefined,
        'timing of one that differs',
      );
      gpu.destroy();
      expectSame((await probeBackends(wasm, asGpu, undefined, work)).webgpu!.timing, undefined, 'timing of a lost one');
    },
  },
];

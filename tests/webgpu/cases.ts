/** All that is checked on WebGPU: the suite that backends share, and what only a GPU has. */
import type { Kernels } from '../../src/kernels/kernels';
import { referenceKernels } from '../../src/kernels/reference/referenceKernels';
import { type DeviceOptions, GpuDevice } from '../../src/kernels/webgpu/device';
import { createFallbackKernels, tasks } from '../../src/kernels/webgpu/fallback';
import { kernelCases } from '../support/kernelCases';
import { deviceCases } from './deviceCases';
import { residentCases } from './residentCases';

export interface WebGpuCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Fails when it is given anything to do: what is tested has to run on the GPU. */
const nothingToSpare = new Proxy(referenceKernels, {
  get: (kernels, name: keyof Kernels) =>
    name === 'name'
      ? 'none'
      : (...given: never[]) => refusing((kernels[name] as (...given: never[]) => object)(...given)),
});

function refusing<Worker extends object>(worker: Worker): Worker {
  const refuse = () => {
    throw new Error('Something was left to the spare backend.');
  };
  return Object.assign(worker, { add: refuse, apply: refuse, score: refuse });
}

/** Runs with a device of its own, and sees that it lends out nothing for good. */
async function onGpu(options: DeviceOptions, run: (kernels: Kernels) => Promise<void>): Promise<void> {
  const gpu = await GpuDevice.request(navigator.gpu, options);
  if (!gpu) throw new Error('There is no GPU device.');
  try {
    await run(
      createFallbackKernels({ gpu, spare: nothingToSpare, tasks: new Set(tasks), name: 'WebGPU', leastBytes: 0 }),
    );
    if (gpu.buffersLent !== 0) throw new Error(`${gpu.buffersLent} buffers were not given back.`);
  } finally {
    gpu.destroy();
  }
}

export const cases: readonly WebGpuCase[] = [
  ...kernelCases.map(({ name, run }) => ({ name, run: () => onGpu({}, run) })),
  // Every large tensor in some ten pieces, whose borders fall into workgroups, words of bits and strips.
  ...kernelCases
    .filter(({ name }) => /large|across workgroups|span many/.test(name))
    .map(({ name, run }) => ({ name: `${name}, in parts`, run: () => onGpu({ slabBytes: 20_460 }, run) })),
  ...deviceCases,
  ...residentCases,
];

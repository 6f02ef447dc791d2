/** What computes where there is a GPU. */
import type { Backend } from '../../kernels/backend';
import type { Kernels } from '../../kernels/kernels';
import { createKernels } from '../../kernels/webgpu/choose';
import { ResidentTensors } from '../../kernels/webgpu/resident';
import { WeightsOnGpu } from '../pictures/weightsOnGpu';

export interface Backends {
  readonly kernels: Kernels;
  /** Absent: weights cannot stay on a GPU. */
  readonly onGpu: WeightsOnGpu | undefined;
  /** False once the GPU is lost. */
  readonly measuresOnGpu: () => boolean;
}

export async function backendsOf(wasm: Kernels, entry: GPU, forced: Backend | undefined): Promise<Backends> {
  const { kernels, choice, gpu } = await createKernels({ wasm, gpu: entry, forced });
  return {
    kernels,
    onGpu: gpu && new WeightsOnGpu(new ResidentTensors(gpu, gpu.residentBytes)),
    measuresOnGpu: () => choice.gpuTasks.has('measure') && gpu?.isLost === false,
  };
}

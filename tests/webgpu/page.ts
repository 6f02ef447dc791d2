/** The page that runs the cases, for kernels.spec.ts to call. */
import { type AdapterDescription, GpuDevice } from '../../src/kernels/webgpu/device';
import { cases } from './cases';

export interface TestPage {
  /** @returns undefined where there is no adapter */
  adapter(): Promise<AdapterDescription | undefined>;
  /** Rejects where the case fails. */
  run(name: string): Promise<void>;
}

const page: TestPage = {
  async adapter() {
    const gpu = await GpuDevice.request(navigator.gpu);
    gpu?.destroy();
    return gpu?.adapter;
  },
  async run(name) {
    await cases.find((one) => one.name === name)!.run();
  },
};

Object.assign(window, { testPage: page });

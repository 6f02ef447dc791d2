import { describe, expect, it } from 'vitest';
import { forcedBackend } from '../../../src/engine/page/forcedBackend';
import { type BackendRecord, choose, createKernels } from '../../../src/kernels/webgpu/choose';
import { wasm } from './support';

const adapter = { vendor: 'nvidia', architecture: 'ampere', isFallback: false };
const record: BackendRecord = {
  wasm: { name: 'WASM SIMD', timing: { measure: 3, apply: 2 } },
  webgpu: { adapter, timing: { measure: 1, apply: 5 } },
};

describe('the choice of a backend', () => {
  it('gives each task to the faster one', () => {
    const { name, gpuTasks } = choose(record);
    expect(name).toBe('WebGPU · NVIDIA');
    expect([...gpuTasks]).toEqual(['measure']);
  });

  it('is WASM where that is faster at everything, where there is no GPU, and where it is forced', () => {
    const slow = { ...record, webgpu: { adapter, timing: { measure: 4, apply: 5 } } };
    for (const choice of [choose(slow), choose({ wasm: record.wasm }), choose(record, 'wasm')]) {
      expect(choice).toEqual({ name: 'WASM SIMD', gpuTasks: new Set() });
    }
  });

  it('never falls on an adapter in software by itself', () => {
    const webgpu = { adapter: { vendor: 'google', architecture: 'swiftshader', isFallback: true }, timing: undefined };
    expect(choose({ ...record, webgpu }).name).toBe('WASM SIMD');
    const forced = choose({ ...record, webgpu }, 'webgpu');
    expect(forced.name).toBe('WebGPU · software');
    expect([...forced.gpuTasks]).toEqual(['measure', 'groupNorms', 'apply', 'scores']);
  });

  it('says the maker as the browser does where it is unknown', () => {
    const nameOf = (vendor: string) =>
      choose({ ...record, webgpu: { adapter: { ...adapter, vendor }, timing: undefined } }, 'webgpu').name;
    expect(nameOf('img-tec')).toBe('WebGPU · img-tec');
    expect(nameOf('')).toBe('WebGPU · GPU');
  });

  it('is read from the query of the page', () => {
    expect(forcedBackend('?backend=wasm')).toBe('wasm');
    expect(forcedBackend('?a=1&backend=webgpu')).toBe('webgpu');
    expect(forcedBackend('?backend=cuda')).toBeUndefined();
    expect(forcedBackend('')).toBeUndefined();
  });

  it('leaves WASM as it is where there is no WebGPU, even if that is forced', async () => {
    const noAdapter = { requestAdapter: async () => null } as unknown as GPU;
    const broken = { requestAdapter: async () => Promise.reject(new Error('no')) } as unknown as GPU;
    for (const gpu of [undefined, noAdapter, broken]) {
      for (const forced of [undefined, 'webgpu'] as const) {
        const { kernels, choice, gpu: device } = await createKernels({ wasm, gpu, forced });
        expect(kernels).toBe(wasm);
        expect(choice.name).toBe('WASM SIMD');
        expect(device).toBeUndefined();
      }
    }
  });
});

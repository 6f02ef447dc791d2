/** The suite that all backends share; tests/webgpu runs it on WebGPU. */
import { describe, it } from 'vitest';
import { kernelCases } from '../../support/kernelCases';
import { wasm } from './support';

describe('WASM does as the reference does', () => {
  it.each(kernelCases.map((one) => [one.name, one] as const))('%s', (_, one) => one.run(wasm));
});

/** The WASM kernels in Node. Vitest's global set-up has built them (buildKernels.ts). */
import { readFileSync } from 'node:fs';
import { createWasmKernels, type WasmKernels } from '../../src/kernels/wasm/wasmKernels';

let module: WebAssembly.Module | undefined;

/** A fresh instance; the module is compiled once. */
export function loadWasmKernels(): WasmKernels {
  module ??= new WebAssembly.Module(readFileSync(new URL('../../src/kernels/wasm/kernels.wasm', import.meta.url)));
  return createWasmKernels(module);
}

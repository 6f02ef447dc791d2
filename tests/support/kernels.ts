/** The WASM kernels in Node. Vitest's global set-up has built them (buildKernels.ts). */
import { readFileSync } from 'node:fs';
import { createWasmKernels, type WasmKernels } from '../../src/kernels/wasm/wasmKernels';

let module: WebAssembly.Module | undefined;

/** Compiled once. */
export function wasmModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(readFileSync(new URL('../../src/kernels/wasm/kernels.wasm', import.meta.url)));
  return module;
}

/** A fresh instance. */
export function loadWasmKernels(): WasmKernels {
  return createWasmKernels(wasmModule());
}

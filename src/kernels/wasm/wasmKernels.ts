/** The WebAssembly backend: SIMD kernels written in AssemblyScript (assembly/), a block of 64 KiB at a time. */
import type { Kernels } from '../kernels';
import { WasmApplier } from './apply';
import { BinTable } from './binCounts';
import { KernelInstance } from './instance';
import { FloatMeasure, HalfMeasure } from './measure';
import { refineAccumulator } from './refine';

/** @param module kernels.wasm, compiled. Its memory is half a MiB and never grows. */
export function createWasmKernels(module: WebAssembly.Module): Kernels {
  const instance = new KernelInstance(module);
  const bins = new BinTable(instance.table);
  return {
    name: 'WASM SIMD',
    measure: (dtype) =>
      dtype === 'F32' || dtype === 'F64'
        ? new FloatMeasure(instance, bins, dtype)
        : new HalfMeasure(instance, bins, dtype),
    refineBin: (dtype, bin) => refineAccumulator(instance, dtype, bin),
    applyThreshold: (dtype, mask) => new WasmApplier(instance, dtype, mask),
  };
}

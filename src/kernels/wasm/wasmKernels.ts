/** The WebAssembly backend: SIMD kernels written in AssemblyScript (assembly/), a block of 64 KiB at a time. */
import type { Kernels } from '../kernels';
import { WasmApplier, WasmScoreApplier } from './apply';
import { BinTable } from './binCounts';
import { binSquares } from './energies';
import { WasmGroupApplier } from './groupApplier';
import { WasmNorms } from './groupNorms';
import { KernelInstance } from './instance';
import { FloatMeasure, HalfMeasure } from './measure';
import { WasmPattern } from './pattern';
import { WasmPicture } from './picture';
import { PictureMemories } from './pictureMemory';
import { refineAccumulator } from './refine';
import { wasmScorer } from './scorers';

/** @param module kernels.wasm, compiled. Its memory is 832 KiB and never grows, but for that of pictures. */
export function createWasmKernels(module: WebAssembly.Module) {
  const instance = new KernelInstance(module);
  const bins = new BinTable(instance);
  const pictures = new PictureMemories(module);
  return {
    name: 'WASM SIMD',
    measure: (dtype) =>
      dtype === 'F32' || dtype === 'F64'
        ? new FloatMeasure(instance, bins, dtype)
        : new HalfMeasure(instance, bins, dtype),
    refineBin: (dtype, bin) => refineAccumulator(instance, dtype, bin),
    binEnergies: (dtype) => binSquares(instance, bins, dtype),
    applyThreshold: (dtype, mask) => new WasmApplier(instance, dtype, mask),
    groupNorms: (dtype, grouping, order) => new WasmNorms(instance, dtype, grouping, order),
    applyGroups: (dtype, grouping, gone) => new WasmGroupApplier(instance, dtype, grouping, gone),
    scorer: (dtype, scoring) => wasmScorer(instance, dtype, scoring),
    applyScores: (dtype, scoreDtype, mask) => new WasmScoreApplier(instance, dtype, scoreDtype, mask),
    applyPattern: (dtype, scoreDtype, criterion, mask) => new WasmPattern(instance, dtype, scoreDtype, criterion, mask),
    maskPreview: (dtype, plan, mask) => new WasmPicture(pictures, dtype, plan, mask),
  } satisfies Kernels;
}

/** Synchronous, beyond what the interface asks. */
export type WasmKernels = ReturnType<typeof createWasmKernels>;

/** The backends that run in Node, and how they are fed. */
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import type { PrunableDtype } from '../../../src/tensors/dtype';
import { loadWasmKernels } from '../../support/kernels';
import { partsOf, unaligned } from '../../support/tensors';

export * from '../../support/tensors';

export const wasm = loadWasmKernels();
export type Backend = typeof referenceKernels | typeof wasm;
export const backends: readonly Backend[] = [referenceKernels, wasm];

/** Feeds `bytes` cut at `cuts` (element indices), every part at an odd address. */
export function accumulate<Result>(
  accumulator: { add(bytes: Uint8Array): void; finish(): Result },
  dtype: PrunableDtype,
  bytes: Uint8Array,
  cuts: readonly number[] = [],
): Result {
  for (const part of partsOf(dtype, bytes, cuts)) accumulator.add(unaligned(part));
  return accumulator.finish();
}

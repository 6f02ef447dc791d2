/** The pipeline without files or a worker: measured tensors, the exact resolution of a recipe, and the masks it makes. */
import type { ApplyCounts, Kernels } from '../../../src/kernels/kernels';
import type { Criterion, Recipe, Rule } from '../../../src/pruning/recipe';
import { type Candidate, type Placement, type Resolution, refinementKey } from '../../../src/pruning/resolution';
import { resolve } from '../../../src/pruning/resolve';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import type { RefinedBin } from '../../../src/tensors/statistics';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, valuesOf } from '../kernels/support';

export interface Tensor {
  readonly candidate: Candidate;
  readonly bytes: Uint8Array;
  readonly values: readonly number[];
}

export const kernels: Kernels = loadWasmKernels();

/** A linear weight, unless `about` says something else. */
export function tensorOf(
  dtype: PrunableDtype,
  bytes: Uint8Array,
  about: Partial<Candidate> & { readonly id: number },
): Tensor {
  const candidate: Candidate = {
    name: `layer${about.id}.weight`,
    aliases: [],
    kind: 'linear',
    dtype,
    byDefault: true,
    statistics: measured(dtype, bytes),
    ...about,
  };
  return { candidate, bytes, values: valuesOf(dtype, bytes) };
}

export function tensorOfValues(dtype: PrunableDtype, values: readonly number[], id = 0): Tensor {
  return tensorOf(dtype, bytesOf(dtype, values), { id });
}

export function measured(dtype: PrunableDtype, bytes: Uint8Array) {
  const accumulator = kernels.measure(dtype);
  accumulator.add(bytes);
  return accumulator.finish();
}

export function candidatesOf(tensors: readonly Tensor[]): Candidate[] {
  return tensors.map(({ candidate }) => candidate);
}

/** Every resolution on the way to the exact one, which comes last. */
export function resolutionsOf(recipe: Recipe, tensors: readonly Tensor[]): Resolution[] {
  const candidates = candidatesOf(tensors);
  const refinements = new Map<string, RefinedBin>();
  const resolutions: Resolution[] = [];
  for (;;) {
    const resolution = resolve(recipe, candidates, refinements);
    resolutions.push(resolution);
    const missing = resolution.pending.filter((request) => !refinements.has(refinementKey(request)));
    if (missing.length === 0) return resolutions;
    for (const request of missing) {
      const { candidate, bytes } = tensors.find(({ candidate: { id } }) => id === request.tensor)!;
      const accumulator = kernels.refineBin(candidate.dtype, request.bin);
      accumulator.add(bytes);
      refinements.set(refinementKey(request), accumulator.finish());
    }
  }
}

export function settled(recipe: Recipe, tensors: readonly Tensor[]): Resolution {
  return resolutionsOf(recipe, tensors).at(-1)!;
}

/** One entry per element: whether the placement takes it. Zeros that go and zeros that stay look the same in a file. */
export function maskOf({ values }: Tensor, placement: Placement | undefined): boolean[] {
  if (!placement) return values.map(() => false);
  let tiesLeft = placement.ties;
  return values.map((value) => {
    const score = scoreOf(placement.criterion, value);
    if (!Number.isFinite(value) || score > placement.threshold) return false;
    return score < placement.threshold || tiesLeft-- > 0;
  });
}

export function scoreOf(criterion: Criterion, value: number): number {
  // The 0 makes a -0 positive.
  return (criterion === 'magnitude' ? Math.abs(value) : value) + 0;
}

/** The bytes with +0 where the mask is set. */
export function zeroed({ candidate, bytes }: Tensor, goes: readonly boolean[]): Uint8Array {
  const width = byteWidthOf(candidate.dtype);
  const written = bytes.slice();
  goes.forEach((each, i) => {
    if (each) written.fill(0, i * width, (i + 1) * width);
  });
  return written;
}

/** What the kernel makes of the bytes, and what it counted. */
export function written(
  { candidate, bytes }: Tensor,
  placement: Placement | undefined,
): ApplyCounts & { bytes: Uint8Array } {
  const copy = bytes.slice();
  if (!placement) return { bytes: copy, pruned: 0, zeros: candidate.statistics.zeros };
  const applier = kernels.applyThreshold(candidate.dtype, placement);
  applier.apply(copy);
  return { bytes: copy, ...applier.finish() };
}

export function recipeOf(...rules: Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

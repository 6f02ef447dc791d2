/** The pipeline without files or a worker: measured tensors, the exact resolution of a recipe, and the masks it makes. */
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import type { ApplyCounts } from '../../../src/kernels/kernels';
import type { Ranking } from '../../../src/pruning/ranking';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Candidate, Program, Resolution } from '../../../src/pruning/resolution';
import { resolve } from '../../../src/pruning/resolve';
import { isOfWeights, rankingOf } from '../../../src/pruning/score';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { usualAxes } from '../../support/axes';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, valuesOf } from '../kernels/support';
import { answerOf, leftAfter } from './naive';

export interface Tensor {
  readonly candidate: Candidate;
  readonly bytes: Uint8Array;
  readonly values: readonly number[];
  /** The same weights in an earlier checkpoint. */
  readonly reference?: readonly number[];
  /** f32 norms of the inputs, along the input axis. */
  readonly factors?: readonly number[];
}

export const kernels = loadWasmKernels();

/** A linear weight of one row, unless `about` says something else. */
export function tensorOf(
  dtype: PrunableDtype,
  bytes: Uint8Array,
  about: Partial<Candidate> & { readonly id: number },
  more: Pick<Tensor, 'reference' | 'factors'> = {},
): Tensor {
  const values = valuesOf(dtype, bytes);
  const candidate: Candidate = {
    name: `layer${about.id}.weight`,
    aliases: [],
    kind: 'linear',
    dtype,
    shape: [1, values.length],
    ...usualAxes(about.shape ?? [1, values.length]),
    byDefault: true,
    statistics: measured(dtype, bytes),
    ...(more.reference && { reference: true }),
    ...(more.factors && { inputNorms: true }),
    ...about,
  };
  return { candidate, bytes, values, ...more };
}

export function tensorOfValues(dtype: PrunableDtype, values: readonly number[], id = 0): Tensor {
  return tensorOf(dtype, bytesOf(dtype, values), { id });
}

export function measured(dtype: PrunableDtype, bytes: Uint8Array): TensorStatistics {
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
  const answers = new AnswerCache();
  const resolutions: Resolution[] = [];
  for (;;) {
    const resolution = resolve(recipe, candidates, answers);
    resolutions.push(resolution);
    const missing = resolution.pending.filter((request) => !answers.has(request));
    if (missing.length === 0) return resolutions;
    for (const request of missing) {
      const tensor = tensors.find(({ candidate }) => candidate.id === request.tensor)!;
      answers.set(request, answerOf(request, tensor, tensors));
    }
  }
}

export function settled(recipe: Recipe, tensors: readonly Tensor[]): Resolution {
  return resolutionsOf(recipe, tensors).at(-1)!;
}

/** One entry per element: whether the program takes it. Zeros that go and zeros that stay look the same in a file. */
export function maskOf(tensor: Tensor, program: Program = []): boolean[] {
  return leftAfter(tensor, program).map((left) => !left);
}

export function scoreOf(ranking: Ranking, value: number): number {
  // The 0 makes a -0 positive.
  return (ranking === 'magnitude' ? Math.abs(value) : value) + 0;
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

/** What the kernel makes of the bytes by a program of at most one threshold over weights, and what it counted. */
export function written({ candidate, bytes }: Tensor, program: Program = []): ApplyCounts & { bytes: Uint8Array } {
  const copy = bytes.slice();
  const [mask, ...others] = program;
  if (!mask) return { bytes: copy, pruned: 0, zeros: candidate.statistics.zeros };
  if (mask.kind !== 'threshold' || !isOfWeights(mask.score) || others.length > 0)
    throw new Error('More than one threshold.');
  const { threshold, ties } = mask;
  const applier = kernels.applyThreshold(candidate.dtype, { criterion: rankingOf(mask.score), threshold, ties });
  applier.apply(copy);
  return { bytes: copy, ...applier.finish() };
}

export function recipeOf(...rules: Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

/** What a resolution says of the model. */

import type { Layer } from '../engine/opened';
import { censusOf } from '../engine/recipe/census';
import type { Recipe, Rule } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import { lastDecisions } from '../pruning/ruleLists';
import type { TensorId } from '../tensors/tensor';

export const noResolution: Resolution = { outcomes: new Map(), pending: [] };

/** Floating-point weights of the checkpoint: those of which the ones that are in are a part. */
export function weightsOf(layers: readonly Layer[], { outcomes }: Resolution): number {
  return censusOf(layers, outcomes).floating;
}

/** The rule that decides for each tensor, of the last step that has one for it. */
export function decidingRules(recipe: Recipe, candidates: readonly Candidate[]): Map<TensorId, Rule> {
  return new Map([...lastDecisions(recipe, candidates)].map(([{ id }, rule]) => [id, rule]));
}

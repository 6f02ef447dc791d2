/** The model's figures from its layers' outcomes. */

import type { Layer } from '../engine/opened';
import { censusOf } from '../engine/page/census';
import type { Recipe, Rule } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import { lastDecisions } from '../pruning/ruleLists';
import type { TensorId } from '../tensors/tensor';
import type { ModelOutcome } from './studio';

export const noResolution: Resolution = { outcomes: new Map(), pending: [] };

export function modelOutcome(candidates: readonly Candidate[], resolution: Resolution): ModelOutcome {
  let weights = 0;
  let zerosBefore = 0;
  let zeros = 0;
  let exact = true;
  for (const { id, statistics } of candidates) {
    const outcome = resolution.outcomes.get(id);
    if (!outcome) continue;
    weights += statistics.count;
    zerosBefore += statistics.zeros;
    zeros += outcome.zeros;
    exact &&= outcome.exact;
  }
  return { weights, zerosBefore, zeros, sparsity: weights === 0 ? 0 : zeros / weights, exact };
}

/** Floating-point weights of the checkpoint: those of which the ones that are in are a part. */
export function weightsOf(layers: readonly Layer[], { outcomes }: Resolution): number {
  return censusOf(layers, outcomes).floating;
}

/** The rule that decides for each tensor, of the last step that has one for it. */
export function decidingRules(recipe: Recipe, candidates: readonly Candidate[]): Map<TensorId, Rule> {
  return new Map([...lastDecisions(recipe, candidates)].map(([{ id }, rule]) => [id, rule]));
}

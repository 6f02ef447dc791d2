/** The model's figures from its layers' outcomes. */
import { type Candidate, noRule, type Resolution } from './resolution';

/** Of the weights that are in (that some rule decides for). */
export interface ModelOutcome {
  /** Weights that are in. */
  readonly weights: number;
  /** Zeros among them before and after. */
  readonly zerosBefore: number;
  readonly zeros: number;
  /** zeros / weights, 0 when nothing is in. */
  readonly sparsity: number;
  /** False while figures inside a bin wait for the refining pass. */
  readonly exact: boolean;
}

/** With outcomes as a repair leaves them (`repairedOutcomes`), its zeros are counted; tensors that only it changed are not in. */
export function modelOutcome(candidates: readonly Candidate[], resolution: Pick<Resolution, 'outcomes'>): ModelOutcome {
  let weights = 0;
  let zerosBefore = 0;
  let zeros = 0;
  let exact = true;
  for (const { id, statistics } of candidates) {
    const outcome = resolution.outcomes.get(id);
    if (!outcome || outcome.rule === noRule) continue;
    weights += statistics.count;
    zerosBefore += statistics.zeros;
    zeros += outcome.zeros;
    exact &&= outcome.exact;
  }
  return { weights, zerosBefore, zeros, sparsity: weights === 0 ? 0 : zeros / weights, exact };
}

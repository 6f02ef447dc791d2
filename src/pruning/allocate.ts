/** How much a rule takes of each tensor that it decides for. */
import { CheckpointError } from '../lib/errors';
import { type Cut, close, isLeftKnown, leftIn, type RunningCut, ranked } from './cut';
import { granularityOf } from './granularities/granularities';
import { cutAtThreshold, type Placing } from './place';
import type { Rule } from './recipe';
import { countForFraction } from './round';
import { scopeOf } from './scopes/scopes';
import { isOfWeights } from './score';
import { scoreFor } from './scoring';

/** @param path of the rule, for errors */
export function cutByThresholds(group: readonly Cut[], rule: Rule, path: string, placing: Placing): readonly Cut[] {
  const scope = scopeOf(rule.scope);
  if (!rule.amount || scope.takes !== 'thresholds') return group;
  const scored = group.map((cut) => {
    const score = scoreFor(rule, cut.candidate, path);
    return ranked(scope.closesSteps ? close(cut) : cut, score, placing.answers);
  });
  return cutScored(scored, rule, path, placing);
}

/** @param scored ranked by the rule's scores */
export function cutScored(
  scored: readonly RunningCut[],
  rule: Rule,
  path: string,
  placing: Placing,
): readonly RunningCut[] {
  const { amount } = rule;
  const scope = scopeOf(rule.scope);
  if (!amount || scope.takes !== 'thresholds') return scored;
  if ('threshold' in amount) return scored.map((cut) => cutAtThreshold(cut, amount.threshold, placing));
  if ('sigma' in amount) return scored.map((cut) => cutAtThreshold(cut, amount.sigma * deviationOf(cut), placing));
  const sparsity = 'sparsity' in amount ? amount.sparsity : undefined;
  const countOf = (some: readonly RunningCut[]) => countIn(amount, some, rule, path);
  return scope.shareOut(scored, { sparsity, countOf }, placing);
}

/** torch.std of the scores; of weights that of the whole tensor as it came. */
function deviationOf({ candidate, run }: RunningCut): number {
  return isOfWeights(run.score) ? candidate.statistics.std : (run.statistics?.std ?? Number.NaN);
}

/** How many scores an amount means among those that are left: PyTorch's containers count so, too. */
function countIn(
  amount: { readonly sparsity: number } | { readonly count: number },
  group: readonly RunningCut[],
  { granularity }: Rule,
  path: string,
): number {
  const left = group.reduce((sum, cut) => sum + leftIn(cut), 0);
  if ('sparsity' in amount) return countForFraction(amount.sparsity, left);
  const [first] = group;
  // What earlier steps left may still be an estimate, and too low.
  if (amount.count > left && first && group.every(isLeftKnown)) {
    const { name, model } = first.candidate;
    const within = model === undefined ? '' : ` in ${model || 'the outermost dict'}`;
    const has = group.length === 1 ? `${name} has` : `the ${group.length} tensors it decides for${within} have`;
    const units = `${granularityOf(granularity).noun}s`;
    throw new CheckpointError('invalid-recipe', `${path} prunes ${amount.count} ${units}, but ${has} only ${left}.`, {
      record: `${path}.amount.count`,
      ...(group.length === 1 && { tensor: name }),
    });
  }
  return amount.count;
}

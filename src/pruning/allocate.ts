/** How much a rule takes of each tensor that it decides for. */
import { CheckpointError } from '../lib/errors';
import { asEstimate, type Cut, close, isLeftKnown, leftIn, type RunningCut, ranked } from './cut';
import { erkCounts } from './erk';
import { type LampTensor, lampCounts } from './lamp';
import {
  binRequest,
  cutAtThreshold,
  cutLowest,
  estimatedUnlessKnown,
  type Placing,
  rankedOf,
  shareEvenly,
} from './place';
import type { Granularity, Rule } from './recipe';
import type { Candidate, Request } from './resolution';
import { countForFraction } from './round';
import { isOfWeights, isPattern } from './score';
import { scoreFor } from './scoring';

/** @param path of the rule, for errors */
export function cutByThresholds(group: readonly Cut[], rule: Rule, path: string, placing: Placing): RunningCut[] {
  const scored = group.map((cut) => {
    const score = scoreFor(rule, cut.candidate, path);
    // Layer-adaptive scores are those of what is left: what an earlier step took is no part of them.
    return ranked(rule.scope === 'lamp' ? close(cut) : cut, score, placing.answers);
  });
  const amount = rule.amount!;
  if ('threshold' in amount) return scored.map((cut) => cutAtThreshold(cut, amount.threshold, placing));
  if ('sigma' in amount) return scored.map((cut) => cutAtThreshold(cut, amount.sigma * deviationOf(cut), placing));
  const count = (ranked: readonly RunningCut[]) => countOf(amount, ranked, rule, path);
  switch (rule.scope) {
    case 'erk':
      return cutByDensities(scored, 'sparsity' in amount ? amount.sparsity : 0, placing);
    case 'lamp':
      return cutByLayerAdaptiveScores(scored, count(scored), placing);
    case 'global':
      return cutLowest(scored, count(scored), placing);
    default:
      return scored.flatMap((cut) => cutLowest([cut], count([cut]), placing));
  }
}

/** torch.std of the scores; of weights that of the whole tensor as it came. */
function deviationOf({ candidate, run }: RunningCut): number {
  return isOfWeights(run.score) ? candidate.statistics.std : (run.statistics?.std ?? Number.NaN);
}

/** How many scores an amount means among those that are left: PyTorch's containers count so, too. */
function countOf(
  amount: { sparsity: number } | { count: number },
  group: readonly RunningCut[],
  { granularity }: Rule,
  path: string,
): number {
  const left = group.reduce((sum, cut) => sum + leftIn(cut), 0);
  if ('sparsity' in amount) return countForFraction(amount.sparsity, left);
  // What earlier steps left may still be an estimate, and too low.
  if (amount.count > left && group.every(isLeftKnown)) {
    const { name } = group[0]!.candidate;
    const { model } = group[0]!.candidate;
    const within = model === undefined ? '' : ` in ${model || 'the outermost dict'}`;
    const has = group.length === 1 ? `${name} has` : `the ${group.length} tensors it decides for${within} have`;
    const units = unitsOf(granularity);
    throw new CheckpointError('invalid-recipe', `${path} prunes ${amount.count} ${units}, but ${has} only ${left}.`, {
      record: `${path}.amount.count`,
      ...(group.length === 1 && { tensor: name }),
    });
  }
  return amount.count;
}

/** What a granularity counts. */
function unitsOf(granularity: Granularity): string {
  if (granularity === 'weight' || isPattern(granularity)) return 'weights';
  if (granularity === 'kernel') return 'kernels';
  return 'block' in granularity ? 'blocks' : 'channels';
}

/** Of several layers side by side (experts) the shape of one: they have the density that it has alone. */
function shapeOfOne({ shape, axes }: Candidate): readonly number[] {
  return shape.filter((_, axis) => !axes?.copies?.includes(axis));
}

function cutByDensities(group: readonly RunningCut[], sparsity: number, placing: Placing): RunningCut[] {
  const tensors = group.map((cut) => ({ shape: shapeOfOne(cut.candidate), count: leftIn(cut) }));
  const counts = erkCounts(tensors, sparsity, placing.keep);
  const cuts = group.flatMap((cut, i) => cutLowest([cut], counts[i]!, placing));
  return estimatedUnlessKnown(group, cuts);
}

function cutByLayerAdaptiveScores(group: readonly RunningCut[], k: number, placing: Placing): RunningCut[] {
  const asking = (cuts: readonly RunningCut[], requests: readonly (readonly Request[])[]) =>
    cuts.map((cut, i) => ({ ...asEstimate(cut, group[i]!), pending: [...group[i]!.pending, ...requests[i]!] }));
  const layers: LampTensor[] = [];
  const missing = group.map((cut): Request[] => {
    const request = { kind: 'energies', tensor: cut.candidate.id, after: cut.before } as const;
    const energies = placing.answers.get(request);
    const scores = rankedOf(cut, placing);
    if (energies && scores) layers.push({ ...scores, energies });
    return energies || !cut.isSettled ? [] : [request];
  });
  if (layers.length < group.length) return asking(shareEvenly(group, k, placing.keep), missing);
  const room = layers.reduce((sum, layer) => sum + layer.room, 0);
  const { counts, pending } = lampCounts(layers, Math.min(k, room));
  const cuts = group.flatMap((cut, i) => cutLowest([cut], counts[i]!, placing));
  if (pending.every((bins) => bins.length === 0)) return cuts;
  const looks = pending.map((bins, i) => bins.map((bin) => binRequest(group[i]!, bin)));
  return asking(cuts, looks);
}

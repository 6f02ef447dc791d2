/** From a recipe and measured tensors to one placed threshold per tensor: the heart of every pruning method. */
import { CheckpointError } from '../lib/errors';
import { getOrInsert } from '../lib/maps';
import { finiteCount } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import { decide, roundsOf, rulePath } from './decide';
import { countAtOrBelow } from './histogram';
import type { Recipe, Rule } from './recipe';
import type { BinRequest, Candidate, Outcome, Placement, Refinements, Resolution } from './resolution';
import { countForFraction } from './round';
import { roundThreshold } from './scoreBins';
import { scoreCountsOf } from './scoreCounts';
import { refinedBinsOf, selectLowest } from './select';

/**
 * A pure function of its arguments, quick enough for every frame of a drag.
 * @param candidates ties at a global threshold go in their order
 * @param refinements bins looked into so far; while some are missing the resolution is an estimate and names them
 * @throws CheckpointError `invalid-recipe` when a count is above the weights there are, as torch.nn.utils.prune does;
 *   `unsupported-feature` when steps rank one tensor by different criteria
 */
export function resolve(recipe: Recipe, candidates: readonly Candidate[], refinements: Refinements): Resolution {
  const cuts = new Map<TensorId, Cut>();
  roundsOf(recipe).forEach((rules, round) => {
    const decisions = decide(rules, candidates);
    const decided = new Map<number, Candidate[]>();
    candidates.forEach((candidate, at) => {
      const rule = decisions[at]!;
      if (rule !== -1) getOrInsert(decided, rule, () => []).push(candidate);
    });
    for (const [index, group] of decided) {
      const rule = rules[index]!;
      const path = rulePath(recipe, round, index);
      const before = group.map((candidate) => cutBefore(cuts.get(candidate.id), candidate, rule, index, path));
      cutGroup(before, rule, path, refinements).forEach((cut) => {
        cuts.set(cut.candidate.id, cut);
      });
    }
  });
  const outcomes = new Map<TensorId, Outcome>();
  const pending: BinRequest[] = [];
  for (const { id } of candidates) {
    const cut = cuts.get(id);
    if (!cut) continue;
    outcomes.set(id, outcomeOf(cut));
    for (const request of cut.pending) pending.push(request);
  }
  return { outcomes, pending };
}

/**
 * Where a tensor is cut: its `removed` lowest scores go. Ranks are by score, then by index, so what an earlier step
 * removed is always the lowest part.
 */
interface Cut {
  readonly candidate: Candidate;
  /** Index of the rule that decided last. */
  readonly rule: number;
  readonly criterion: Rule['criterion'];
  readonly removed: number;
  /** Whether `removed` is final. An amount's own count is, even before its threshold is. */
  readonly isCounted: boolean;
  readonly placement: Placement | undefined;
  readonly isPlaced: boolean;
  readonly pending: readonly BinRequest[];
}

/** What a rule starts from: nothing removed, or the cut of the step before. */
function cutBefore(earlier: Cut | undefined, candidate: Candidate, rule: Rule, index: number, path: string): Cut {
  const { criterion } = rule;
  if (earlier && earlier.criterion !== criterion) {
    throw new CheckpointError(
      'unsupported-feature',
      `${path} prunes ${candidate.name} by the criterion ${criterion}, but an earlier step by ${earlier.criterion}: steps of one tensor have to share a criterion.`,
      { tensor: candidate.name, record: path },
    );
  }
  if (earlier) return { ...earlier, rule: index };
  return {
    candidate,
    rule: index,
    criterion,
    removed: 0,
    isCounted: true,
    placement: undefined,
    isPlaced: true,
    pending: [],
  };
}

function cutGroup(group: readonly Cut[], rule: Rule, path: string, refinements: Refinements): Cut[] {
  const { amount } = rule;
  if ('threshold' in amount) return group.map((cut) => cutAtThreshold(cut, amount.threshold, refinements));
  if ('sigma' in amount) {
    return group.map((cut) => cutAtThreshold(cut, amount.sigma * cut.candidate.statistics.std, refinements));
  }
  const groups = rule.scope === 'global' ? [group] : group.map((cut) => [cut]);
  return groups.flatMap((ranked) => cutLowest(ranked, countOf(amount, ranked, path), refinements));
}

/** How many weights an amount means among those that are left: PyTorch's containers count so, too. */
function countOf(amount: { sparsity: number } | { count: number }, group: readonly Cut[], path: string): number {
  const left = group.reduce((sum, cut) => sum + cut.candidate.statistics.count - cut.removed, 0);
  if ('sparsity' in amount) return countForFraction(amount.sparsity, left);
  // What earlier steps left may still be an estimate, and too low.
  if (amount.count > left && group.every((cut) => cut.isCounted)) {
    const { name } = group[0]!.candidate;
    const has = group.length === 1 ? `${name} has` : `the ${group.length} tensors it decides for have`;
    throw new CheckpointError('invalid-recipe', `${path} prunes ${amount.count} weights, but ${has} only ${left}.`, {
      record: `${path}.amount.count`,
      ...(group.length === 1 && { tensor: name }),
    });
  }
  return amount.count;
}

/** Everything at or below the threshold goes, beside what has gone already. */
function cutAtThreshold(cut: Cut, wanted: number, refinements: Refinements): Cut {
  const { candidate, criterion } = cut;
  const threshold = roundThreshold(wanted, candidate.dtype);
  if (threshold === undefined || (criterion === 'magnitude' && threshold < 0)) return cut;
  const { count, exact, bin } = countAtOrBelow(candidate, criterion, threshold, refinedBinsOf(candidate, refinements));
  const request = exact ? [] : [{ tensor: candidate.id, bin }];
  if (cut.removed > 0 && count <= cut.removed) {
    return { ...cut, isCounted: cut.isCounted && exact, pending: [...cut.pending, ...request] };
  }
  return {
    ...cut,
    removed: count,
    isCounted: cut.isCounted && exact,
    placement: { criterion, threshold, ties: Number.POSITIVE_INFINITY },
    isPlaced: true,
    pending: cut.isCounted ? request : [...cut.pending, ...request],
  };
}

/** Of what is left of the tensors together, the `k` lowest go. NaN and infinities never do, whatever k is. */
function cutLowest(group: readonly Cut[], k: number, refinements: Refinements): Cut[] {
  const available = group.reduce((sum, cut) => sum + finiteCount(cut.candidate.statistics) - cut.removed, 0);
  const possible = Math.min(k, available);
  if (possible <= 0) return [...group];
  const wasCounted = group.every((cut) => cut.isCounted);
  const shares = selectLowest(group, possible, group[0]!.criterion, refinements);
  const isSelected = shares.every((share) => share.pending === undefined);
  return group.map((cut, i) => {
    const { taken, placement, pending } = shares[i]!;
    // A tensor alone gives its whole count, wherever in the bin that ends.
    const isCounted = wasCounted && (isSelected || group.length === 1);
    // Bins that follow from an estimate may be the wrong ones: those of the step before come first.
    const requests = wasCounted ? (pending ? [pending] : []) : cut.pending;
    if (taken === 0 && cut.removed > 0) {
      return { ...cut, isCounted, pending: wasCounted ? [...cut.pending, ...requests] : requests };
    }
    return {
      ...cut,
      removed: cut.removed + taken,
      isCounted,
      placement,
      isPlaced: wasCounted && isSelected,
      pending: requests,
    };
  });
}

function outcomeOf({ candidate, rule, criterion, removed, isCounted, isPlaced, placement }: Cut): Outcome {
  const { statistics } = candidate;
  // Zeros come after the negative weights, or first of all.
  const lower = scoreCountsOf(statistics, criterion).belowZero;
  const zerosRemoved = Math.min(statistics.zeros, Math.max(0, removed - lower));
  return {
    rule,
    ...(placement && { placement }),
    pruned: removed,
    zeros: removed + statistics.zeros - zerosRemoved,
    exact: isCounted && isPlaced,
  };
}

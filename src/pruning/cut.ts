/** Where a tensor stands between rules: what goes so far, and how much of that is final. */
import type { PrunableDtype } from '../tensors/dtype';
import type { TensorStatistics } from '../tensors/statistics';
import { numelOf } from '../tensors/tensor';
import { groupSizeOf, scoreCountOf } from './groups';
import type { Ranking } from './ranking';
import {
  type Answers,
  type Candidate,
  type Mask,
  noRule,
  type Placement,
  type Program,
  type Request,
} from './resolution';
import { isOfWeights, rankingOf, type Score, scoreDtypeOf } from './score';
import type { Cutoff } from './select';

export interface Cut {
  readonly candidate: Candidate;
  /** Index of the rule that decided last. */
  readonly rule: number;
  /** The masks before the run. */
  readonly before: Program;
  /** Whether `before` is final. */
  readonly isSettled: boolean;
  /** Weights that `before` chooses. */
  readonly chosen: Chosen;
  /** Absent after a mask that is no threshold. */
  readonly run?: Run;
  /** What has to be answered before the cut is final. */
  readonly pending: readonly Request[];
}

/**
 * Thresholds over one score, one rule after the other. Ranks are by score, then by index, so what an earlier rule
 * removed is always the lowest part: together they are one threshold.
 */
export interface Run {
  readonly score: Score;
  /** Of the scores. */
  readonly dtype: PrunableDtype;
  readonly ranking: Ranking;
  /** Of the scores after the masks before the run; absent while they are not measured. */
  readonly statistics: TensorStatistics | undefined;
  /** Its lowest scores that go. */
  readonly removed: number;
  /** Whether `removed` is final. An amount's own count is, even before its threshold is. */
  readonly isCounted: boolean;
  readonly cutoff: Cutoff | undefined;
  readonly isPlaced: boolean;
}

export interface Chosen {
  readonly weights: number;
  /** False: an estimate. */
  readonly isKnown: boolean;
}

/** A cut whose scores are ranked. */
export type RunningCut = Cut & { readonly run: Run };

/** Nothing gone yet but for what `start` took, of which nobody has counted how much. */
export function uncut(candidate: Candidate, start: Program = []): Cut {
  const chosen = { weights: 0, isKnown: start.length === 0 };
  return { candidate, rule: noRule, before: start, isSettled: true, chosen, pending: [] };
}

/** The cut with `score` ranked next: in the run that is under way, where that is of the same score. */
export function ranked(cut: Cut, score: Score, answers: Answers): RunningCut {
  if (cut.run && isSameScore(cut.run.score, score)) return cut as RunningCut;
  const { run: _, ...closed } = close(cut);
  const { candidate, before, isSettled, pending } = closed;
  const measured = isSettled ? measuredScores(candidate, score, before, answers) : { missing: [] };
  return {
    ...closed,
    run: {
      score,
      dtype: scoreDtypeOf(score, candidate.dtype),
      ranking: rankingOf(score),
      statistics: measured.statistics,
      removed: 0,
      isCounted: measured.statistics !== undefined,
      cutoff: undefined,
      isPlaced: true,
    },
    pending: [...pending, ...measured.missing],
  };
}

function isSameScore(a: Score, b: Score): boolean {
  if (a.criterion !== b.criterion || a.seed !== b.seed) return false;
  return a.groups === b.groups || JSON.stringify(a.groups) === JSON.stringify(b.groups);
}

/** The run's threshold among the masks before. */
export function close(cut: Cut): Cut {
  const { candidate, rule, pending } = cut;
  return {
    candidate,
    rule,
    before: programOf(cut),
    isSettled: isFinal(cut),
    chosen: chosenBy(cut),
    pending,
  };
}

function measuredScores(
  candidate: Candidate,
  score: Score,
  before: Program,
  answers: Answers,
): { statistics?: TensorStatistics; missing: readonly Request[] } {
  if (before.length === 0 && isOfWeights(score)) return { statistics: candidate.statistics, missing: [] };
  const request = { kind: 'scores', tensor: candidate.id, score, after: before } as const;
  const statistics = answers.get(request);
  return statistics ? { statistics, missing: [] } : { missing: [request] };
}

/** Whether all masks are where they will stay. */
export function isFinal({ isSettled, run }: Cut): boolean {
  return isSettled && (!run || (run.isCounted && run.isPlaced));
}

/** The run's threshold, also where it takes nothing. */
export function placementOf({ run }: Cut): Placement | undefined {
  return run?.cutoff && { kind: 'threshold', score: run.score, ...run.cutoff };
}

export function programOf(cut: Cut): Program {
  const placement = placementOf(cut);
  const takesNothing = cut.run?.removed === 0 && cut.run.isCounted;
  return placement && !takesNothing ? [...cut.before, placement] : cut.before;
}

/** Scores of the run that could still go, as far as counts tell: also those that are not finite. */
export function leftIn({ candidate, chosen, run }: RunningCut): number {
  const { shape } = candidate;
  if (run.statistics) return run.statistics.count - run.removed;
  const share = 1 - chosen.weights / Math.max(1, numelOf(shape));
  return Math.max(0, Math.round(scoreCountOf(shape, run.score) * share) - run.removed);
}

/** Whether `leftIn` is final. */
export function isLeftKnown({ before, isSettled, run }: RunningCut): boolean {
  if (run.statistics) return run.isCounted;
  return isSettled && before.length === 0 && run.removed === 0;
}

/** Weights that go so far. */
export function chosenBy(cut: Cut): Chosen {
  const { candidate, before, chosen, run } = cut;
  if (!run || (run.removed === 0 && run.isCounted)) return chosen;
  const { score, removed, isCounted } = run;
  const all = numelOf(candidate.shape);
  // An estimate of the masks before may be too high.
  if (!score.groups) return { weights: Math.min(all, chosen.weights + removed), isKnown: chosen.isKnown && isCounted };
  const size = before.length === 0 ? groupSizeOf(candidate.shape, score.groups) : undefined;
  if (size !== undefined) return { weights: removed * size, isKnown: isCounted };
  const share = removed / Math.max(1, removed + leftIn(cut as RunningCut));
  return { weights: chosen.weights + Math.round((all - chosen.weights) * share), isKnown: false };
}

/**
 * The cut with a mask after all others.
 * @param closed without a run
 * @param takes weights it chooses
 */
export function masked(closed: Cut, mask: Mask, takes: Chosen): Cut {
  const { before, chosen } = closed;
  return {
    ...closed,
    before: [...before, mask],
    chosen: { weights: chosen.weights + takes.weights, isKnown: chosen.isKnown && takes.isKnown },
  };
}

/** What a later look changed, while something before it is not known: nothing of it is final, nothing to ask for yet. */
export function asEstimate(cut: RunningCut, earlier: Cut): RunningCut {
  return { ...cut, run: { ...cut.run, isCounted: false, isPlaced: false }, pending: earlier.pending };
}

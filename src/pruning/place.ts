/** Placing thresholds: at a score that a rule names, or where the lowest so many end. */
import { at } from '../lib/known';
import { finiteCount } from '../tensors/statistics';
import { asEstimate, isLeftKnown, leftIn, type RunningCut } from './cut';
import { scoreCountOf } from './groups';
import { countAtOrBelow } from './histogram';
import type { Answers, Request } from './resolution';
import { roundThreshold } from './scoreBins';
import type { RefinedBinOf } from './scoreValues';
import { type Cutoff, type Ranked, selectLowest } from './select';

/** What a placement needs beside the cuts. */
export interface Placing {
  /** Share of the scores of each tensor that stay. */
  readonly keep: number;
  readonly answers: Answers;
}

/** Everything at or below the threshold goes, beside what has gone already. */
export function cutAtThreshold(cut: RunningCut, wanted: number, placing: Placing): RunningCut {
  const { run, pending } = cut;
  const threshold = roundThreshold(wanted, run.dtype);
  if (threshold === undefined || (run.ranking === 'magnitude' && threshold < 0)) return cut;
  const cutoff: Cutoff = { threshold, ties: Number.POSITIVE_INFINITY };
  const scores = rankedOf(cut, placing);
  if (!scores) return { ...cut, run: { ...run, cutoff } };
  const { count, exact, bin } = countAtOrBelow(scores, run.ranking, threshold, scores.refinedBinOf);
  const requests = exact ? [] : [binRequest(cut, bin)];
  if (run.removed > 0 && count <= run.removed) {
    return { ...cut, run: { ...run, isCounted: run.isCounted && exact }, pending: [...pending, ...requests] };
  }
  if (count > run.removed + scores.room) {
    const full = at(cutLowest([cut], scores.room, placing), 0);
    return exact ? full : { ...asEstimate(full, cut), pending: [...pending, ...requests] };
  }
  return {
    ...cut,
    run: { ...run, removed: count, isCounted: run.isCounted && exact, cutoff, isPlaced: true },
    pending: run.isCounted ? requests : [...pending, ...requests],
  };
}

/**
 * Of what is left of the tensors together, the `k` lowest go. NaN and infinities never do, nor what `keep` holds back,
 * whatever k is: then others go in their stead, as long as there are any.
 */
export function cutLowest(group: readonly RunningCut[], k: number, placing: Placing): RunningCut[] {
  const scores = group.map((cut) => rankedOf(cut, placing));
  if (!scores.every((each) => each !== undefined)) return shareEvenly(group, k, placing.keep);
  const room = scores.reduce((sum, each) => sum + each.room, 0);
  const possible = Math.min(k, room);
  if (possible <= 0) return [...group];
  const wasCounted = group.every(({ run }) => run.isCounted);
  const shares = selectLowest(scores, possible, at(group, 0).run.ranking);
  const isSelected = shares.every((share) => share.pending === undefined);
  return group.map((cut, i) => {
    const { run } = cut;
    const { taken, cutoff, pending } = at(shares, i);
    // A tensor alone gives its whole count, wherever in the bin that ends.
    const isCounted = wasCounted && (isSelected || group.length === 1);
    // Bins that follow from an estimate may be the wrong ones: those of the step before come first.
    const requests = wasCounted ? (pending === undefined ? [] : [binRequest(cut, pending)]) : cut.pending;
    if (taken === 0 && run.removed > 0) {
      return { ...cut, run: { ...run, isCounted }, pending: wasCounted ? [...cut.pending, ...requests] : requests };
    }
    return {
      ...cut,
      run: { ...run, removed: run.removed + taken, isCounted, cutoff, isPlaced: wasCounted && isSelected },
      pending: requests,
    };
  });
}

/** While the scores of some are unknown: the same share of each. */
export function shareEvenly(group: readonly RunningCut[], k: number, keep: number): RunningCut[] {
  const left = group.map(leftIn);
  const total = left.reduce((sum, each) => sum + each, 0);
  return group.map((cut, i) => {
    const taken = total === 0 ? 0 : Math.min(Math.round((k * at(left, i)) / total), at(left, i) - heldBack(cut, keep));
    const { run } = cut;
    return asEstimate({ ...cut, run: { ...run, removed: run.removed + Math.max(0, taken) } }, cut);
  });
}

/** The scores of a cut, once they are measured. */
export function rankedOf(cut: RunningCut, { keep, answers }: Placing): Ranked | undefined {
  const { statistics, dtype, removed } = cut.run;
  if (!statistics) return undefined;
  const room = Math.min(finiteCount(statistics) - removed, leftIn(cut) - heldBack(cut, keep));
  return { dtype, statistics, removed, room: Math.max(0, room), refinedBinOf: refinedBinsOf(cut, answers) };
}

/** Of a floor: at least this share stays, counted up. */
function heldBack({ candidate, run }: RunningCut, keep: number): number {
  return keep === 0 ? 0 : Math.ceil(keep * scoreCountOf(candidate.shape, run.score));
}

function refinedBinsOf(cut: RunningCut, answers: Answers): RefinedBinOf {
  return (bin) => answers.get(binRequest(cut, bin));
}

export function binRequest({ candidate, before, run }: RunningCut, bin: number): Extract<Request, { kind: 'bin' }> {
  return { kind: 'bin', tensor: candidate.id, score: run.score, after: before, bin };
}

/** Where what is left of some tensor is an estimate, so is what is made of all of them. */
export function estimatedUnlessKnown(group: readonly RunningCut[], made: readonly RunningCut[]): RunningCut[] {
  if (group.every(isLeftKnown)) return [...made];
  return made.map((cut, i) => asEstimate(cut, at(group, i)));
}

/** What a cut means for the tensor: its masks, and how many weights they choose. */
import { numelOf } from '../tensors/tensor';
import { type Cut, chosenBy, isFinal, placementOf, programOf } from './cut';
import type { Answers, Outcome, Program, ProgramCounts, Request } from './resolution';
import { isOfWeights } from './score';
import { scoreCountsOf } from './scoreCounts';

/** The outcome, and what is still to be answered before it is exact. */
export function outcomeOf(cut: Cut, answers: Answers): { outcome: Outcome; pending: readonly Request[] } {
  const program = programOf(cut);
  const { counts, exact, pending } = countsOf(cut, program, answers);
  const { pruned, zeros } = counts;
  const outcome: Outcome = {
    rule: cut.rule,
    program,
    pruned,
    zeros,
    exact,
  };
  return { outcome: { ...outcome, ...shownOf(cut) }, pending };
}

/** What an outcome shows of the rule that decided last. */
export type Shown = Pick<Outcome, 'placement' | 'scores'>;

export function shownOf(cut: Cut): Shown {
  const placement = placementOf(cut);
  const scores = measuredScoresOf(cut);
  return { ...(placement && { placement }), ...(scores && { scores }) };
}

function countsOf(
  cut: Cut,
  program: Program,
  answers: Answers,
): { counts: ProgramCounts; exact: boolean; pending: readonly Request[] } {
  const exact = isFinal(cut);
  const { weights: pruned, isKnown } = chosenBy(cut);
  const zeros = zerosAfter(cut, pruned);
  const counts = { pruned, zeros: zeros ?? estimatedZeros(cut, pruned) };
  if (!exact || (isKnown && zeros !== undefined)) return { counts, exact, pending: cut.pending };
  const request = { kind: 'counts', tensor: cut.candidate.id, after: program } as const;
  const counted = answers.get(request);
  return counted ? { counts: counted, exact, pending: [] } : { counts, exact: false, pending: [request] };
}

function measuredScoresOf({ before, run }: Cut): Outcome['scores'] {
  if (!run?.statistics || (before.length === 0 && isOfWeights(run.score))) return undefined;
  return { dtype: run.dtype, statistics: run.statistics };
}

/** Zeros in the result, where they can be read off. */
function zerosAfter({ candidate, before, run }: Cut, pruned: number): number | undefined {
  const { zeros } = candidate.statistics;
  if (zeros === 0 || pruned === 0) return zeros + pruned;
  if (!run?.statistics || before.length > 0 || !isOfWeights(run.score)) return undefined;
  // Zeros come after the negative weights, or first of all.
  const lower = scoreCountsOf(run.statistics, run.ranking).belowZero;
  return pruned + zeros - Math.min(zeros, Math.max(0, pruned - lower));
}

/** As if the zeros there were lay evenly among what is pruned and what is not. */
function estimatedZeros({ candidate: { shape, statistics } }: Cut, pruned: number): number {
  const kept = 1 - pruned / Math.max(1, numelOf(shape));
  return Math.min(numelOf(shape), pruned + Math.round(statistics.zeros * kept));
}

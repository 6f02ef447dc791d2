/** Channels in an order in which the recipe's n:m patterns keep more: searched when asked, and exported as a file of its own. */
import type { PermuteReport } from '../evaluation/slim/protocol';
import type { Outcome } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import type { Follow, StudioContext } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import type { ExportSlice } from './exportSlice';
import type { PatternFound } from './permutationRun';
import { repairInForce } from './repairState';
import type { RunOperation } from './statusSlice';
import { StepRunner, type WorkStatus } from './stepRunner';

// Named here for the views, which see nothing of the evaluation.
export type { PermuteReport } from '../evaluation/slim/protocol';

export interface PermutationState {
  readonly status: WorkStatus<'searching'>;
  /** Of the patterns at hand; null: not searched, or they changed. */
  readonly found: PermuteReport | null;
}

const notSearched: PermutationState = { status: { kind: 'idle' }, found: null };

/** What the store gains. Promises never reject: what went wrong is in `permutation.status`, of an export in `status`. */
export interface PermutationSlice {
  readonly permutation: PermutationState;
  /** Opens the graph where the checkpoint is one. */
  searchPermutation(): Promise<void>;
  cancelPermutation(): void;
  /** The pruned file with its channels in the order that was found: `<original>-permuted.<ext>`, in the browser's downloads. */
  downloadPermuted(): Promise<void>;
}

type Known = EvaluationStudio & EvaluationSlice & Pick<ExportSlice, 'settleExactly'> & PermutationSlice;

export function createPermutationSlice(
  { get, set, engine }: StudioContext<Known>,
  { client, state }: EvaluationContext,
  run: RunOperation,
): { slice: PermutationSlice; follow: Follow<Known> } {
  const update = (partial: Partial<PermutationState>) => set({ permutation: { ...get().permutation, ...partial } });
  const runner = new StepRunner('searching', (status) => update({ status }));

  const slice: PermutationSlice = {
    permutation: notSearched,
    searchPermutation: () => {
      const { recipe, settled } = get();
      const patterns = patternsIn(settled.outcomes);
      return runner.run(recipe, false, async (signal, show) => {
        const { searched } = await import('./permutationRun');
        const { answer, refused } = await searched(get, client, state, patterns, signal, show);
        return () => {
          if (refused !== undefined) update({ status: { kind: 'refused', sentence: refused } });
          else if (!('refused' in answer)) update({ found: answer });
        };
      });
    },
    cancelPermutation: () => runner.rest(),
    downloadPermuted: async () => {
      const { checkpoint, permutation } = get();
      const { found } = permutation;
      if (!checkpoint || !found) return;
      const outcomes = await get().settleExactly();
      if (!outcomes) return;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const { exportPermuted } = await import('./permutationRun');
        await exportPermuted(engine, checkpoint.fileName, found, outcomes, signal);
      });
    },
  };

  const follow: Follow<Known> = (now, previous) => {
    const isOther = now.opened !== previous.opened || now.evaluation.graph !== previous.evaluation.graph;
    const isSearching = runner.running !== undefined;
    if (now.opened !== previous.opened) runner.rest();
    if (now.settled === previous.settled && now.repair === previous.repair && !isOther) return;
    const isSame = samePatterns(now.settled.outcomes, previous.settled.outcomes);
    const isRepaired = repairInForce(now.repair) !== repairInForce(previous.repair);
    if (isSame && !isRepaired && (!isOther || isSearching)) return;
    const { found, status } = now.permutation;
    if (found || status.kind === 'refused' || status.kind === 'failed') set({ permutation: notSearched });
  };

  return { slice, follow };
}

/** The last of each tensor. */
export function patternsIn(outcomes: ReadonlyMap<TensorId, Outcome>): PatternFound[] {
  return [...outcomes].flatMap(([tensor, { program }]): PatternFound[] => {
    const mask = program.findLast(({ kind }) => kind === 'pattern');
    return mask?.kind === 'pattern' ? [{ tensor, axis: mask.axis, n: mask.n, m: mask.m }] : [];
  });
}

function samePatterns(one: ReadonlyMap<TensorId, Outcome>, other: ReadonlyMap<TensorId, Outcome>): boolean {
  return one === other || JSON.stringify(patternsIn(one)) === JSON.stringify(patternsIn(other));
}

/** Channels in another order: how they are searched, and how the pruned file in that order is made. */
import type { PermuteReport } from '../evaluation/slim/protocol';
import { throwIfCancelled } from '../lib/errors';
import { permutedOutcomes, whyNotPermuted } from '../pruning/permutation/permuted';
import type { Outcome, ProgramCounts, Request } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import type { StudioContext } from './context';
import { downloadAll } from './download';
import type { EvaluationContext } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import { suffixed } from './exporting';
import type { RecipeSlice } from './recipeSlice';
import type { ShowStep } from './stepRunner';

export interface PatternFound {
  readonly tensor: TensorId;
  readonly axis: number;
  readonly n: number;
  readonly m: number;
}

type Known = Pick<EvaluationSlice, 'evaluateCheckpoint'> & Pick<RecipeSlice, 'settled'>;

/** @returns what was found, and why it cannot be used where that is so */
export async function searched(
  get: () => Known,
  client: EvaluationContext['client'],
  state: EvaluationContext['state'],
  patterns: readonly PatternFound[],
  signal: AbortSignal,
  show: ShowStep,
) {
  show('reading the graph', 0, 0);
  if (!state().graph) await get().evaluateCheckpoint();
  throwIfCancelled(signal);
  const { status } = state();
  if (status.kind === 'failed') throw status.error;
  const answer = await client.call(
    'permute',
    { patterns },
    { signal, progress: ({ what, stage, done, total }) => show(what ?? stage, done, total) },
  );
  const refused = 'refused' in answer ? answer.refused : whyNotPermuted(get().settled.outcomes, answer.tensors);
  return { answer, refused };
}

let requested = 0;

/** @throws CheckpointError whatever the engine threw */
export async function exportPermuted(
  engine: StudioContext<unknown>['engine'],
  fileName: string,
  found: PermuteReport,
  outcomes: ReadonlyMap<TensorId, Outcome>,
  signal: AbortSignal,
): Promise<void> {
  const id = `permuted-${++requested}`;
  const counts = await engine.call('keepPermuted', { id, tensors: found.tensors }, { signal });
  const permuted = permutedOutcomes(outcomes, found.tensors, id, counts);
  const requests = [...permuted].flatMap(([tensor, { program, exact }]): Request[] =>
    exact ? [] : [{ kind: 'counts', tensor, after: program }],
  );
  const answers = await engine.call('lookUp', { requests }, { signal });
  requests.forEach(({ tensor }, i) => {
    const outcome = permuted.get(tensor);
    // Counts are what such a question is answered with.
    const counted = answers[i] as ProgramCounts;
    if (outcome) permuted.set(tensor, { ...outcome, ...counted, exact: true });
  });
  const { files } = await engine.call('export', { outcomes: permuted }, { signal });
  const [only] = files;
  const name = suffixed(fileName, '-permuted');
  downloadAll(only && files.length === 1 ? [{ ...only, name }] : files);
}

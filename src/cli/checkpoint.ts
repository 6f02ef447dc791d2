/** Opens what a command was given, and finds what a recipe makes of it. */
import { sinksAt } from '../engine/node/fileSinks';
import { type FilesOnDisk, openFiles } from '../engine/node/openFiles';
import { AnswerCache } from '../engine/recipe/answerCache';
import { candidatesOf } from '../engine/recipe/candidates';
import { overruled } from '../engine/recipe/overruled';
import { settle } from '../engine/recipe/settle';
import { openSession, type Session } from '../engine/session';
import { prunedName } from '../engine/writing/fileName';
import type { OpenSink } from '../lib/sink';
import type { Recipe } from '../pruning/recipe';
import type { Candidate, Outcome } from '../pruning/resolution';
import type { ReportSource } from '../reports/outcomeRows';
import type { TensorId } from '../tensors/tensor';
import { type CommandCall, UsageError } from './command';
import { filesOf } from './paths';
import { progressOn } from './progress';

export interface OpenCheckpoint {
  readonly files: FilesOnDisk;
  readonly session: Session;
  /** As the recipe has them. */
  readonly candidates: readonly Candidate[];
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
}

/**
 * Files stay open until `use` is done.
 * @throws UsageError where no file was given
 * @throws CheckpointError what opening and resolving throw
 */
export async function withCheckpoint<Result>(
  { given, terminal, kernels, signal }: CommandCall,
  recipe: Recipe,
  use: (open: OpenCheckpoint) => Promise<Result>,
): Promise<Result> {
  const files = await openFiles(await pathsOf(given));
  try {
    const context = progressOn(terminal, signal);
    const session = await openSession(files.source, files.parts, kernels, context, {}, files.notes);
    const candidates = candidatesOf(overruled(session.opened.layers, recipe));
    const { outcomes } = await settle(recipe, candidates, new AnswerCache(), (requests) =>
      session.lookUp(requests, context),
    );
    return await use({ files, session, candidates, outcomes });
  } finally {
    terminal.status('');
    await files.close();
  }
}

/** @throws UsageError where none was given */
export async function pathsOf(given: readonly string[]): Promise<string[]> {
  if (given.length === 0) throw new UsageError('Say which file.');
  return filesOf(given);
}

/** @throws CheckpointError `write-failed` where it would be one of the originals */
export async function sinksOf(call: CommandCall, destination: string, files = 1): Promise<OpenSink<string>> {
  return sinksAt(destination, files, await pathsOf(call.given));
}

export function reportOf({ session, outcomes }: OpenCheckpoint, recipe: Recipe): ReportSource {
  return { ...session.opened, prunedName: prunedName(session.opened.fileName), recipe, outcomes };
}

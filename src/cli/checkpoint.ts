/** Opens what a command was given, and finds what a recipe makes of it. */

import type { ExportSource } from '../engine/exports/source';
import { sinksAt } from '../engine/node/fileSinks';
import { openFiles } from '../engine/node/openFiles';
import { ScratchFiles } from '../engine/node/scratchFiles';
import { resolveExactly } from '../engine/recipe/resolveExactly';
import { openSession } from '../engine/session';
import { prunedName } from '../engine/writing/fileName';
import type { OpenSink } from '../lib/sink';
import type { Recipe } from '../pruning/recipe';
import type { Outcome } from '../pruning/resolution';
import type { ReportSource } from '../reports/outcomeRows';
import type { TensorId } from '../tensors/tensor';
import { type CommandCall, UsageError } from './command';
import { filesOf } from './paths';
import { progressOn } from './progress';

/** What exports are made from, and what the recipe makes of it. */
export interface OpenCheckpoint extends ExportSource {
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
}

/**
 * Files stay open until `use` is done.
 * @throws UsageError where no file was given
 * @throws CheckpointError what opening and resolving throw
 */
export async function withCheckpoint<Result>(
  call: CommandCall,
  recipe: Recipe,
  use: (open: OpenCheckpoint) => Promise<Result>,
): Promise<Result> {
  const { terminal, kernels, signal } = call;
  const files = await openFiles(await pathsOf(call));
  const scratch = new ScratchFiles();
  try {
    const context = progressOn(terminal, signal);
    const session = await openSession(files.source, files.parts, kernels, context, {}, files.notes);
    const { outcomes } = await resolveExactly(session, recipe, context);
    return await use({ source: files.source, session, scratch: scratch.open, outcomes });
  } finally {
    terminal.status('');
    await scratch.close();
    await files.close();
  }
}

/** @throws UsageError where none was given */
export async function pathsOf({ given, input }: Pick<CommandCall, 'given' | 'input'>): Promise<string[]> {
  if (given.length === 0) throw new UsageError('Say which file.');
  return given.length === 1 && given[0] === '-' ? [await input.path()] : filesOf(given);
}

/** @throws CheckpointError `write-failed` where it would be one of the originals */
export async function sinksOf(call: CommandCall, destination: string, files = 1): Promise<OpenSink<string>> {
  return sinksAt(destination, files, await pathsOf(call));
}

export function reportOf({ session, outcomes }: OpenCheckpoint, recipe: Recipe): ReportSource {
  return { ...session.opened, prunedName: prunedName(session.opened.fileName), recipe, outcomes };
}

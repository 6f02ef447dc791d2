/** The main job as one plain function, without a page, a worker or a Blob: a checkpoint and a recipe in, files out. */
import type { Note } from '../formats/format';
import type { Kernels } from '../kernels/kernels';
import type { Part } from '../lib/parts';
import type { OpenSink } from '../lib/sink';
import type { ByteSource } from '../lib/source';
import type { Recipe } from '../pruning/recipe';
import type { CallContext } from './callContext';
import { exportPruned, type PrunedFiles } from './exports/exportPruned';
import type { OpenedCheckpoint } from './opened';
import { resolveExactly } from './recipe/resolveExactly';
import { openSession } from './session';

export interface CheckpointFiles {
  /** All files, one behind the other. */
  readonly source: ByteSource;
  /** Which of its bytes are whose. */
  readonly parts: readonly Part[];
  /** On how they were chosen. */
  readonly notes?: readonly Note[];
}

/** What was written, counted as it was written, and what it was made of. */
export interface Pruned<Closed> extends PrunedFiles<Closed> {
  readonly opened: OpenedCheckpoint;
}

/**
 * Opens, measures, resolves exactly and exports.
 * @param open begins each file that is written
 * @throws CheckpointError what opening, resolving and exporting throw
 */
export async function prune<Closed>(
  { source, parts, notes }: CheckpointFiles,
  recipe: Recipe,
  open: OpenSink<Closed>,
  kernels: Kernels,
  context: CallContext,
): Promise<Pruned<Closed>> {
  const session = await openSession(source, parts, kernels, context, {}, notes);
  const { outcomes } = await resolveExactly(session, recipe, context);
  return { opened: session.opened, ...(await exportPruned({ source, session }, outcomes, open, context)) };
}

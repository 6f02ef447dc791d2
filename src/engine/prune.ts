/** The main job as one plain function, without a page, a worker or a Blob: a checkpoint and a recipe in, files out. */
import type { Kernels } from '../kernels/kernels';
import type { Part } from '../lib/parts';
import type { OpenSink } from '../lib/sink';
import type { ByteSource } from '../lib/source';
import type { Recipe } from '../pruning/recipe';
import type { CallContext } from './callContext';
import { exportPruned, type PrunedFiles } from './exports/exportPruned';
import { resolveExactly } from './recipe/resolveExactly';
import { openSession } from './session';

/**
 * Opens, measures, resolves exactly and exports.
 * @param source all files of the checkpoint, one behind the other
 * @param parts which of its bytes are whose
 * @param open begins each file that is written
 * @returns what was written, counted as it was written
 * @throws CheckpointError what opening, resolving and exporting throw
 */
export async function prune<Closed>(
  source: ByteSource,
  parts: readonly Part[],
  recipe: Recipe,
  open: OpenSink<Closed>,
  kernels: Kernels,
  context: CallContext,
): Promise<PrunedFiles<Closed>> {
  const session = await openSession(source, parts, kernels, context);
  const { outcomes } = await resolveExactly(session, recipe, context);
  return exportPruned({ source, session }, outcomes, open, context);
}

/** The main job as one plain function, without a page, a worker or a Blob: a checkpoint and a recipe in, files out. */
import type { Note } from '../formats/format';
import type { Kernels } from '../kernels/kernels';
import type { Part } from '../lib/parts';
import type { OpenSink } from '../lib/sink';
import type { ByteSource } from '../lib/source';
import type { Recipe } from '../pruning/recipe';
import { hasRepair, repairBeside, repairedOutcomes } from '../pruning/repair';
import type { CallContext } from './callContext';
import { exportPruned, type PrunedFiles } from './exports/exportPruned';
import { readRepair } from './exports/repairFile';
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
  /** The repaired weights that were saved beside the recipe. */
  readonly repair?: { readonly name: string; readonly source: ByteSource };
  /** The checkpoint that criteria compare with. */
  readonly reference?: { readonly source: ByteSource; readonly parts: readonly Part[] };
}

const withoutRepair = 'The recipe was repaired, and its repaired weights are not here: it prunes only.';

/** What was written, counted as it was written, and what it was made of. */
export interface Pruned<Closed> extends PrunedFiles<Closed> {
  readonly opened: OpenedCheckpoint;
  /** The recipe was repaired, and its repaired weights were not given: one sentence. */
  readonly note?: string;
}

/**
 * Opens, measures, resolves exactly and exports.
 * @param open begins each file that is written
 * @throws CheckpointError what opening, resolving and exporting throw; `repair-missing` where the recipe repairs between its steps
 */
export async function prune<Closed>(
  { source, parts, notes, repair, reference }: CheckpointFiles,
  recipe: Recipe,
  open: OpenSink<Closed>,
  kernels: Kernels,
  context: CallContext,
): Promise<Pruned<Closed>> {
  const session = await openSession(source, parts, kernels, context, {}, notes);
  const given = repair && (await readRepair(session, repair.source, repair.name));
  const made = repairBeside(recipe, given?.repair);
  if (made && given) session.measurable.beside.keepRepair(made.id, given.values);
  const compared = reference && (await session.openReference(reference.source, reference.parts));
  const known = compared ? { references: new Set(compared.matched) } : {};
  const { outcomes } = await resolveExactly(session, recipe, context, known);
  const all = made ? repairedOutcomes(outcomes, made) : outcomes;
  const written = await exportPruned({ source, session }, all, open, context);
  const isWithout = !made && hasRepair(recipe);
  return { opened: session.opened, ...written, ...(isWithout && { note: withoutRepair }) };
}

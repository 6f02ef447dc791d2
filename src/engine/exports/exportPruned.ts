/** The pruned file itself: the original, with patches where something changed. */
import type { OpenSink } from '../../lib/sink';
import type { CallContext } from '../callContext';
import type { WrittenCounts } from '../session';
import { inFileOrder } from '../writing/inFileOrder';
import { type WrittenFile, writeParts } from '../writing/writeParts';
import type { ExportSource, Outcomes } from './source';

export interface PrunedFiles<Closed> extends WrittenCounts {
  readonly files: readonly WrittenFile<Closed>[];
}

/**
 * One file for each part of the original that changes, and one in any case where it is a single file.
 * @param inOrder from the first byte to the last, where `canBeInOrder` says so
 * @throws CheckpointError what `Session.patches` and `writeParts` throw
 */
export async function exportPruned<Closed>(
  { source, session }: Pick<ExportSource, 'source' | 'session'>,
  outcomes: Outcomes,
  open: OpenSink<Closed>,
  context: CallContext,
  inOrder = false,
): Promise<PrunedFiles<Closed>> {
  await session.assertUnchanged();
  const { parts, encoded, digests } = session.measurable.checkpoint;
  // Elements of a file may be read at addresses behind the files that follow it, and a model has digests of such files in it.
  const comeBack = encoded !== undefined || digests !== undefined;
  const patches = session.patches(outcomes, context);
  const { files, result } = await writeParts(source, parts, inOrder ? inFileOrder(patches) : patches, open, comeBack);
  return { files, ...result };
}

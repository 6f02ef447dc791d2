import { CheckpointError } from '../../lib/errors';
import { found } from '../../lib/known';
import { pythonScript, scriptFilesOf } from '../../reports/pythonScript';
import type { StudioState } from '../../state/studio';

/** The committed recipe as a Python script; undefined where it cannot be one, which the status says, or the format has none. */
export function pythonFor({ checkpoint, candidates, recipe, repair, showError }: StudioState): string | undefined {
  try {
    const open = found(checkpoint, 'an open checkpoint');
    const files = scriptFilesOf(open);
    const made = repair.isFresh ? repair.report?.repair : undefined;
    return files && pythonScript({ files, recipe, candidates, layers: open.layers, repair: made });
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    showError(error);
    return undefined;
  }
}

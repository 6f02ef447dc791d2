import { CheckpointError } from '../../lib/errors';
import { found } from '../../lib/known';
import { pythonScript } from '../../reports/pythonScript';
import type { StudioState } from '../../state/studio';

/** The committed recipe as a Python script; undefined where it cannot be one, which the status says, or the format has none. */
export function pythonFor({ checkpoint, candidates, recipe, repair, showError }: StudioState): string | undefined {
  try {
    const { can, layers } = found(checkpoint, 'an open checkpoint');
    const made = repair.isFresh ? repair.report?.repair : undefined;
    return can.script && pythonScript({ files: can.script, recipe, candidates, layers, repair: made });
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    showError(error);
    return undefined;
  }
}

/** The error for a file that is something else than a checkpoint to prune. */
import { CheckpointError } from '../../lib/errors';
import type { Recognition } from './row';

export function wrongFile({ what, advice }: Recognition, fileName: string): CheckpointError {
  return new CheckpointError('unrecognised-file', `This is ${what}.`, { file: fileName, advice });
}

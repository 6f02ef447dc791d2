import { Button, Progress as ProgressBar } from '@mantine/core';
import { formatBytes, formatInteger } from '../../../lib/numbers';
import type { Progress } from '../../../state/statusSlice';
import { studio } from '../../../state/store';
import classes from './ProgressReport.module.css';

const stages: Readonly<Record<Progress['stage'], string>> = {
  fetching: 'Fetching the files',
  inflating: 'Inflating compressed weights',
  'reading structure': 'Reading the structure',
  measuring: 'Measuring the weights',
  refining: 'Settling exact amounts',
  writing: 'Writing and counting',
  'reading weights': 'Reading the weights',
  checksums: 'Computing checksums',
  compressing: 'Compressing',
  comparing: 'Comparing',
};

/** A named stage, how far it is in bytes and tensors, and the way out. */
export function ProgressReport({ progress, starting }: { progress: Progress | null; starting: string }) {
  const share = progress && progress.total > 0 ? (progress.done / progress.total) * 100 : 0;
  return (
    <div className={classes.report}>
      <div className={classes.line}>
        <strong>{progress ? stages[progress.stage] : starting}</strong>
        {progress && progress.total > 0 && (
          <span className={classes.dim}>
            {formatBytes(progress.done)} of {formatBytes(progress.total)}
          </span>
        )}
      </div>
      <ProgressBar value={share} size={8} aria-label={progress ? stages[progress.stage] : starting} />
      <div className={classes.line}>
        <span className={classes.tensor}>
          {progress?.tensorsTotal !== undefined &&
            `${formatInteger(progress.tensorsDone ?? 0)} of ${formatInteger(progress.tensorsTotal)} tensors`}
          {progress?.tensor !== undefined && ` · ${progress.tensor}`}
        </span>
        <Button onClick={() => studio.getState().cancel()} data-autofocus>
          Cancel
        </Button>
      </div>
    </div>
  );
}

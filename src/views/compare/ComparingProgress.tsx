import { Button, Progress } from '@mantine/core';
import { formatBytes, formatInteger } from '../../lib/numbers';
import type { Compared } from '../../state/compareSlice';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import classes from './Compare.module.css';

const cancel = () => {
  studio.getState().endComparing();
  screen.getState().close();
};

/** How far the pass over both is, and the way out. */
export function ComparingProgress({ compared: { progress, other } }: { readonly compared: Compared }) {
  const isCounted = progress !== null && progress.total > 0;
  const doing = other ? 'Comparing' : 'Reading the structure';
  return (
    <div className={classes.progress}>
      <div>
        {doing}
        {isCounted && progress.tensorsTotal !== undefined && (
          <span>
            : {formatInteger(progress.tensorsDone ?? 0)} of {formatInteger(progress.tensorsTotal)} tensors,{' '}
            {formatBytes(progress.done)} of {formatBytes(progress.total)}
          </span>
        )}
      </div>
      <Progress
        value={isCounted ? (progress.done / progress.total) * 100 : 100}
        animated={!isCounted}
        size={8}
        aria-label={doing}
      />
      <Button onClick={cancel} data-autofocus>
        Cancel
      </Button>
    </div>
  );
}

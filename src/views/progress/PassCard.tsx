import { Button, Progress as ProgressBar } from '@mantine/core';
import { formatBytes } from '../../lib/numbers';
import { studio, useStudio } from '../../state/store';
import { useDelayed } from '../parts/progress/useDelayed';
import classes from './PassCard.module.css';

/** Over the screen, which stays usable: how far the pass is that a method or an exact amount takes, and the way out. */
export function PassCard() {
  const pass = useStudio((state) => state.pass);
  const isSlow = useDelayed(pass !== null, 400);
  if (!isSlow || !pass) return null;
  const { progress } = pass;
  const share = progress && progress.total > 0 ? (progress.done / progress.total) * 100 : 0;
  return (
    <section className={classes.card} aria-label="Pass over the weights">
      <div className={classes.line}>
        <strong>Computing scores and exact amounts</strong>
        {progress && progress.total > 0 && (
          <span>
            {formatBytes(progress.done)} of {formatBytes(progress.total)}
          </span>
        )}
      </div>
      <ProgressBar value={share} size={6} aria-label="Pass over the weights" />
      <div className={classes.line}>
        <span className={classes.tensor}>{progress?.tensor ?? 'Figures with ≈ are estimates until then'}</span>
        <Button title="Stops, and takes the change back" onClick={() => studio.getState().cancelPass()}>
          Cancel
        </Button>
      </div>
    </section>
  );
}

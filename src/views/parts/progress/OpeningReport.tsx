import { useStudio } from '../../../state/store';
import classes from './OpeningReport.module.css';
import { ProgressReport } from './ProgressReport';
import { useDelayed } from './useDelayed';

/** Whether opening has taken long enough to be shown. */
export function useSlowOpening(): boolean {
  return useDelayed(
    useStudio((state) => state.status.kind === 'opening'),
    300,
  );
}

export function OpeningReport() {
  const status = useStudio((state) => state.status);
  if (status.kind !== 'opening') return null;
  return (
    <section className={classes.report} aria-label="Opening">
      <div className={classes.file}>{status.fileName}</div>
      <ProgressReport progress={status.progress} starting="Opening the file" />
    </section>
  );
}

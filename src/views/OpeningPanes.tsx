/** The studio while its checkpoint is being measured: what is known of it already. */
import type { OpenedCheckpoint } from '../state/checkpointSlice';
import classes from './App.module.css';
import { StructurePane } from './layers/StructurePane';
import { CrashBoundary } from './parts/errors/CrashBoundary';
import { OpeningReport } from './parts/progress/OpeningReport';

export function OpeningPanes({ structure }: { readonly structure: OpenedCheckpoint }) {
  return (
    <div className={classes.panes}>
      <section className={classes.layers} aria-label="Checkpoint">
        <CrashBoundary>
          <StructurePane structure={structure} />
        </CrashBoundary>
      </section>
      <section className={classes.editor} aria-label="Editor">
        <div className={classes.opening}>
          <OpeningReport />
        </div>
      </section>
    </div>
  );
}

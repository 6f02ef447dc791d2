/** The studio while its checkpoint is being measured: what is known of it already. */
import type { OpenedCheckpoint } from '../state/checkpointSlice';
import classes from './App.module.css';
import { StructurePane } from './layers/StructurePane';
import { CrashBoundary } from './parts/errors/CrashBoundary';
import { SplitPanes } from './parts/frames/SplitPanes';
import { OpeningReport } from './parts/progress/OpeningReport';

export function OpeningPanes({ structure }: { readonly structure: OpenedCheckpoint }) {
  return (
    <SplitPanes
      layers={
        <CrashBoundary>
          <StructurePane structure={structure} />
        </CrashBoundary>
      }
      editor={
        <div className={classes.opening}>
          <OpeningReport />
        </div>
      }
    />
  );
}

import { formatBytes } from '../../lib/numbers';
import { slimInForce } from '../../state/slimState';
import { useStudio } from '../../state/store';
import { SlimDownloads } from '../parts/slim/SlimDownloads';
import classes from './RepairNote.module.css';

/** The smaller model of this recipe, where one was made. */
export function SlimModel() {
  const made = useStudio(({ slim }) => slimInForce(slim));
  if (!made) return null;
  const { after } = made.report;
  return (
    <section className={classes.slim} aria-label="Smaller model">
      <p>
        <b>Slim: the same without the channels that went.</b> {formatBytes(after.bytes)} as ONNX; it runs without this
        studio and without zeros.
      </p>
      <div className={classes.ways}>
        <SlimDownloads />
      </div>
    </section>
  );
}

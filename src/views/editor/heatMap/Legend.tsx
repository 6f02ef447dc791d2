import { formatValue } from '../../../lib/numbers';
import classes from './WeightMap.module.css';

/** What the colours of both maps mean. */
export function Legend({ strongest }: { readonly strongest: number }) {
  return (
    <div className={classes.legend}>
      <span title="The largest magnitude in a cell. The strongest colour stands for the 99.5th percentile and above.">
        max |w| 0 <i data-mark="scale" aria-hidden="true" /> {formatValue(strongest)} and above
      </span>
      <span>
        <i data-mark="kept" aria-hidden="true" /> kept
      </span>
      <span>
        <i data-mark="pruned" aria-hidden="true" /> pruned
      </span>
    </div>
  );
}

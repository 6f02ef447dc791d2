import { formatValue } from '../../../lib/numbers';
import classes from './WeightMap.module.css';

interface LegendProps {
  readonly strongest: number;
  /** As MapPane's: nothing is kept or pruned. */
  readonly symbol?: string;
}

/** What the colours of the maps mean. */
export function Legend({ strongest, symbol }: LegendProps) {
  return (
    <div className={classes.legend}>
      <span title="The largest magnitude in a cell. The strongest colour stands for the 99.5th percentile and above.">
        max |{symbol ?? 'w'}| 0 <i data-mark="scale" aria-hidden="true" /> {formatValue(strongest)} and above
      </span>
      {symbol === undefined && (
        <>
          <span>
            <i data-mark="kept" aria-hidden="true" /> kept
          </span>
          <span>
            <i data-mark="pruned" aria-hidden="true" /> pruned
          </span>
        </>
      )}
    </div>
  );
}

import { formatCount, formatInteger } from '../../lib/numbers';
import { effectiveCosts } from '../../state/slimCosts';
import { slimInForce } from '../../state/slimState';
import { useCheckpoint, useStudio } from '../../state/store';
import classes from './FileSize.module.css';

/** Multiplications and parameters before and after: zeros not counted, and those of the slim model. Nothing without a graph. */
export function ModelCosts() {
  const costs = useStudio(({ slim }) => slim.costs);
  const slim = useStudio((state) => slimInForce(state.slim)?.report.after);
  const { outcomes } = useStudio((state) => state.resolution);
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  if (!costs) return null;
  const { macs, effective, parameters, nonzero } = effectiveCosts(costs, layers, outcomes);
  const lines = [
    { name: 'MACs', before: macs, after: effective, real: slim?.macs },
    { name: 'Params', before: parameters, after: nonzero, real: slim?.parameters },
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={classes.size} role="group" aria-label="Multiplications and parameters">
      <div className={classes.label}>Zeros not counted{slim ? ' · slim' : ''}</div>
      {lines.map(({ name, before, after, real }) => (
        <div
          key={name}
          className={classes.cost}
          title={`${name}: ${formatInteger(before)}, of them ${formatInteger(after)} not by zeros${real === undefined ? '' : `; ${formatInteger(real)} in the slim model`}`}
        >
          <span className={classes.label}>{name}</span> {formatCount(before)}
          {Math.round(after) !== before && (
            <>
              {' → '}
              <b>{formatCount(Math.round(after))}</b>
            </>
          )}
          {real !== undefined && <span className={classes.real}> · {formatCount(real)}</span>}
        </div>
      ))}
    </div>
  );
}

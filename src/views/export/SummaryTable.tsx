import { useMemo } from 'react';
import { formatInteger, formatPercent } from '../../lib/numbers';
import { weightsOf } from '../../state/outcome';
import { useCheckpoint, useStudio } from '../../state/store';
import { goingOf } from '../parts/words/figureWords';
import classes from './SummaryTable.module.css';

/** Before and after, over the weights that are in; and how many of all these are. */
export function SummaryTable() {
  const outcome = useStudio((state) => state.outcome);
  const { weights, zeros, zerosBefore, sparsity } = outcome;
  const settled = useStudio((state) => state.settled);
  const changed = [...settled.outcomes.values()].filter(({ pruned }) => pruned > 0).length;
  const layers = useCheckpoint(({ layers }) => layers);
  const all = useMemo(() => weightsOf(layers, settled), [layers, settled]);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <td />
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Sparsity</th>
          <td>{formatPercent(weights === 0 ? 0 : zerosBefore / weights)}</td>
          <td>
            <b>{formatPercent(sparsity)}</b>
          </td>
        </tr>
        <tr>
          <th scope="row">Zeros of {formatInteger(weights)} prunable weights</th>
          <td>{formatInteger(zerosBefore)}</td>
          <td>
            <b>{formatInteger(zeros)}</b>
          </td>
        </tr>
        <tr>
          <th scope="row">Of these, weights that go</th>
          <td>–</td>
          <td>
            <b>{formatInteger(goingOf(outcome))}</b>
          </td>
        </tr>
        <tr>
          <th scope="row">In pruning, of {formatInteger(all)} floating-point weights</th>
          <td>–</td>
          <td>
            <b>{formatInteger(weights)}</b>
          </td>
        </tr>
        <tr>
          <th scope="row">Tensors pruned of {formatInteger(layers.length)}</th>
          <td>–</td>
          <td>
            <b>{formatInteger(changed)}</b>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

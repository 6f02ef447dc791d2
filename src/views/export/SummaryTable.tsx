import { formatInteger, formatPercent } from '../../lib/numbers';
import { useStudio } from '../../state/store';
import classes from './SummaryTable.module.css';

/** Before and after, over the weights that are in. */
export function SummaryTable() {
  const { weights, zeros, zerosBefore, sparsity } = useStudio((state) => state.outcome);
  const settled = useStudio((state) => state.settled);
  const changed = [...settled.outcomes.values()].filter(({ pruned }) => pruned > 0).length;
  const total = useStudio((state) => state.checkpoint!.layers.length);
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
          <th scope="row">Tensors pruned of {formatInteger(total)}</th>
          <td>–</td>
          <td>
            <b>{formatInteger(changed)}</b>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

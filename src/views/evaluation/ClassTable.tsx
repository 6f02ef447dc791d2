import { formatInteger, formatPercent } from '../../lib/numbers';
import type { Evaluation, InputSummary } from '../../state/evaluation';
import { type ClassFigure, isLost } from '../../state/metrics';
import { TakenTable } from '../charts/take/TakenTable';
import classes from './Dialog.module.css';
import { figuresByClass } from './lostClasses';

/** More would be no table that one reads: those that lost most. */
const mostRows = 20;

/** Of each class how many of its inputs are right, the greatest loss first. */
export function ClassTable(props: { readonly evaluation: Evaluation; readonly inputs: InputSummary }) {
  const { evaluation, inputs } = props;
  const figures = [...figuresByClass(evaluation, inputs)].sort((a, b) => lossOf(b) - lossOf(a));
  if (figures.length < 2) return null;
  const rows = () => [
    ['class', 'inputs', 'original right', 'pruned right'],
    ...figures.map(({ label, samples, before, after }) => [
      inputs.classNames?.[label] ?? label,
      samples,
      before / samples,
      after / samples,
    ]),
  ];
  return (
    <TakenTable title="By class" rows={rows}>
      <table className={classes.table} aria-label="By class">
        <thead>
          <tr>
            <th scope="col">
              {figures.length > mostRows ? `Class: ${mostRows} of ${formatInteger(figures.length)}` : 'Class'}
            </th>
            <th scope="col" data-number>
              Inputs
            </th>
            <th scope="col" data-number>
              Original right
            </th>
            <th scope="col" data-number>
              Pruned right
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.slice(0, mostRows).map((figure) => (
            <tr key={figure.label}>
              <th scope="row">
                {inputs.classNames?.[figure.label] ?? formatInteger(figure.label)}
                {isLost(figure) && ', lost'}
              </th>
              <td data-number>{formatInteger(figure.samples)}</td>
              <td data-number>{formatPercent(figure.before / figure.samples)}</td>
              <td data-number>
                <b>{formatPercent(figure.after / figure.samples)}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TakenTable>
  );
}

function lossOf({ before, after, samples }: ClassFigure): number {
  return (before - after) / samples;
}

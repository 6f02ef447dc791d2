import { found } from '../../lib/known';
import { formatInteger, formatShape } from '../../lib/numbers';
import type { Evaluation, OutputDrift } from '../../state/evaluation';
import { allMetrics, changeOf, metrics, metricValue, plusMinusFor, referenceValue } from '../../state/metrics';
import { repairInForce } from '../../state/repairState';
import { screen, useScreen } from '../../state/screen';
import { TakenTable } from '../charts/take/TakenTable';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { metricText } from '../parts/quality/metricText';
import { useEvaluation, useShownEvaluation } from '../parts/quality/useEvaluation';
import { useRepair } from '../parts/quality/useRepair';
import { ClassTable } from './ClassTable';
import classes from './Dialog.module.css';
import { changeText, sureText } from './figures';
import { InputsSummary } from './inputs/InputsSummary';

const idsOf = (...of: readonly string[]) =>
  of.flatMap((sums) => allMetrics.filter((metric) => metric.of === sums)).map(({ id }) => id);
const ofOutputs = idsOf('drift', 'scores');
const ofTheTask = idsOf('labels', 'tokens');

/** The last evaluation in full, output by output. */
export function FiguresDialog() {
  const opened = useScreen((state) => state.dialog === 'figures');
  const evaluation = useShownEvaluation();
  const inputs = useEvaluation((state) => state.inputs);
  return (
    <DialogFrame
      opened={opened && evaluation !== null && inputs !== null}
      onClose={screen.getState().close}
      title="What pruning does to the outputs"
      width={760}
    >
      {opened && evaluation && inputs && (
        <div className={classes.body}>
          <TaskTable evaluation={evaluation} />
          <ClassTable evaluation={evaluation} inputs={inputs} />
          <OutputTable outputs={evaluation.outputs} />
          <InputsSummary />
        </div>
      )}
    </DialogFrame>
  );
}

function TaskTable({ evaluation }: { readonly evaluation: Evaluation }) {
  const isRepaired = useRepair((state) => repairInForce(state) !== undefined);
  const baseline = useEvaluation((state) => found(state.inputs, 'inputs').baseline);
  const rows = ofTheTask.flatMap((id) => {
    const value = metricValue(evaluation, id);
    return value === undefined ? [] : [{ id, value, reference: referenceValue(baseline, id) }];
  });
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={classes.scroller} tabIndex={0} aria-label="Original and pruned">
      <TakenTable title="Figures against the labels">
        <table className={classes.table} aria-label="Against the labels">
          <thead>
            <tr>
              <th scope="col">Against the labels</th>
              <th scope="col" data-number>
                Original
              </th>
              <th scope="col" data-number>
                {isRepaired ? 'Pruned and repaired' : 'Pruned'}
              </th>
              <th scope="col" data-number title="Input by input; ± 95 %">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, value, reference }) => (
              <tr key={id}>
                <th scope="row">{metrics[id].label}</th>
                <td data-number>
                  {reference === undefined ? '–' : metricText(id, reference)} {sureText(id, plusMinusFor(id, baseline))}
                </td>
                <td data-number>
                  <b>{metricText(id, value)}</b> {sureText(id, plusMinusFor(id, evaluation))}
                </td>
                <td data-number>
                  {changeText(id, value, reference)} {sureText(id, changeOf(id, evaluation, baseline)?.plusMinus)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TakenTable>
    </section>
  );
}

function OutputTable({ outputs }: { readonly outputs: readonly OutputDrift[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={classes.scroller} tabIndex={0} aria-label="Against the original’s outputs">
      <TakenTable title="Figures of the outputs">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Output</th>
              <th scope="col">Shape</th>
              {ofOutputs.map((id) => (
                <th key={id} scope="col" data-number>
                  {metrics[id].label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {outputs.map((output) => (
              <tr key={output.name}>
                <th scope="row">
                  <bdi>{output.name}</bdi>
                  {output.classes !== undefined && ` (${formatInteger(output.classes)} classes)`}
                </th>
                <td>{formatShape(output.shape)}</td>
                {ofOutputs.map((id) => {
                  const value = metricValue({ outputs: [output], milliseconds: 0 }, id);
                  return (
                    <td key={id} data-number>
                      {value === undefined ? '–' : metricText(id, value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </TakenTable>
    </section>
  );
}

import { Button } from '@mantine/core';
import { formatValue } from '../../../lib/numbers';
import type { LayerDrift } from '../../../state/evaluation';
import { repairInForce } from '../../../state/repairState';
import { studio, useStudio } from '../../../state/store';
import { TakenTable } from '../../charts/take/TakenTable';
import { evaluator, useEvaluation } from '../../parts/quality/useEvaluation';
import { useRepair } from '../../parts/quality/useRepair';
import { EvaluationNeeded } from '../EvaluationNeeded';
import panel from '../sensitivity/Panel.module.css';
import classes from './DriftPanel.module.css';

/** Where in the network the error arises: how far each layer's own output is from the original's. */
export function DriftPanel() {
  const drifts = useEvaluation((state) => state.layerDrift);
  const hasInputs = useEvaluation((state) => state.inputs !== null);
  const isBusy = useEvaluation(({ status }) => status.kind === 'searching' || status.kind === 'loading');
  const isRepaired = useRepair((state) => repairInForce(state) !== undefined);
  if (!hasInputs)
    return (
      <EvaluationNeeded what="Where in the network the error arises: how far the output of every layer is from that of the unpruned model." />
    );
  if (!drifts) {
    return (
      <div className={panel.start}>
        <p>
          Where in the network the error arises: original and pruned model run once more, and every layer’s output is
          compared. It is measured for the {isRepaired ? 'repaired model' : 'recipe'} as it is now.
        </p>
        <Button disabled={isBusy} onClick={evaluator().measureLayerDrift}>
          Measure layer drift
        </Button>
      </div>
    );
  }
  return (
    <div className={panel.panel}>
      <DriftTable drifts={drifts} />
    </div>
  );
}

function DriftTable({ drifts }: { readonly drifts: readonly LayerDrift[] }) {
  const selected = useStudio((state) => state.selection.at(-1));
  const isRepaired = useRepair((state) => repairInForce(state) !== undefined);
  const most = Math.max(0, ...drifts.map(({ relativeL2 }) => relativeL2).filter(Number.isFinite));
  return (
    <div className={classes.scroller}>
      <TakenTable
        title="Layer drift"
        rows={() => [
          ['layer', 'operator', 'relative L2'],
          ...drifts.map(({ name, operator, relativeL2 }) => [name, operator, relativeL2]),
        ]}
      >
        <table className={classes.table} aria-label="Layer drift">
          <thead>
            <tr>
              <th scope="col">Layer, in order of the graph</th>
              <th scope="col">Operator</th>
              <th scope="col" colSpan={2}>
                Relative L2 of its output{isRepaired && ', repaired'}
              </th>
            </tr>
          </thead>
          <tbody>
            {drifts.map(({ tensor, name, operator, relativeL2 }) => (
              <tr key={tensor} data-selected={tensor === selected}>
                <th scope="row">
                  <button
                    type="button"
                    className={classes.layer}
                    title={name}
                    onClick={() => studio.getState().select([tensor], 'only')}
                  >
                    <bdi>{name}</bdi>
                  </button>
                </th>
                <td className={classes.operator}>{operator}</td>
                <td className={classes.bar}>
                  {most > 0 && (
                    <div
                      style={{ width: `${Math.min(1, (Number.isNaN(relativeL2) ? most : relativeL2) / most) * 100}%` }}
                    />
                  )}
                </td>
                <td className={classes.figure}>{formatValue(relativeL2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TakenTable>
    </div>
  );
}

import { referenceValue } from '../../../state/metrics';
import { shownLayer } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import type { StudioState } from '../../../state/studio';
import { ownerIdOf } from '../../../tensors/owners';
import type { TensorId } from '../../../tensors/tensor';
import { Later } from '../../parts/later/Later';
import { later } from '../../parts/later/laterPart';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { EvaluationNeeded } from '../EvaluationNeeded';
import classes from './CurvePanel.module.css';
import panel from './Panel.module.css';
import { SensitivityStart, SensitivityStatus } from './SensitivityStatus';

const curves = later(() => import('./Curves').then(({ Curves }) => Curves));

/** Quality against the sparsity of the shown layer alone, among the curves of all others. */
export function CurvePanel() {
  const shown = useStudio(shownOwner);
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  if (!inputs)
    return (
      <EvaluationNeeded what="How the model suffers as this layer alone is pruned more and more, among the curves of all others; a click on a point prunes the layer by that share." />
    );
  if (!sensitivity)
    return (
      <SensitivityStart what="How the model suffers as this layer alone is pruned more and more, among the curves of all others." />
    );
  const curve = sensitivity.curves.find(({ tensor }) => tensor === shown);
  return (
    <div className={panel.panel}>
      <SensitivityStatus sensitivity={sensitivity} />
      {curve && curve.cells.length > 0 ? (
        <div className={classes.curves}>
          <Later
            part={curves}
            with={{ sensitivity, curve, metric, reference: referenceValue(inputs.baseline, metric) }}
          />
        </div>
      ) : (
        <p className={classes.missing}>
          {curve
            ? 'This layer’s turn has not come yet.'
            : 'This layer is switched out of pruning and was not measured.'}
        </p>
      )}
    </div>
  );
}

/** Whose weights the shown layer's are. */
function shownOwner(state: StudioState): TensorId | undefined {
  const layer = shownLayer(state);
  return layer && ownerIdOf(layer);
}

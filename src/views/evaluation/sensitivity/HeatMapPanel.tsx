import { referenceValue } from '../../../state/metrics';
import { EvaluationNeeded } from '../EvaluationNeeded';
import { useEvaluation } from '../useEvaluation';
import { HeatMap } from './HeatMap';
import classes from './Panel.module.css';
import { SensitivityStart, SensitivityStatus } from './SensitivityStatus';

export function HeatMapPanel() {
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  if (!inputs) return <EvaluationNeeded what="How sensitive each layer is to pruning" />;
  if (!sensitivity) return <SensitivityStart />;
  return (
    <div className={classes.panel}>
      <SensitivityStatus sensitivity={sensitivity} />
      <HeatMap sensitivity={sensitivity} metric={metric} reference={referenceValue(inputs.baseline, metric)} />
    </div>
  );
}

import { referenceValue } from '../../../state/metrics';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { EvaluationNeeded } from '../EvaluationNeeded';
import classes from './Panel.module.css';
import { SensitivityGrid } from './SensitivityGrid';
import { SensitivityStart, SensitivityStatus } from './SensitivityStatus';

export function SensitivityPanel() {
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  if (!inputs) return <EvaluationNeeded what="How sensitive each layer is to pruning" />;
  if (!sensitivity) return <SensitivityStart />;
  return (
    <div className={classes.panel}>
      <SensitivityStatus sensitivity={sensitivity} />
      <SensitivityGrid sensitivity={sensitivity} metric={metric} reference={referenceValue(inputs.baseline, metric)} />
    </div>
  );
}

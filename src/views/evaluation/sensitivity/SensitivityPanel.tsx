import { useMemo } from 'react';
import { referenceValue } from '../../../state/metrics';
import { useStudio } from '../../../state/store';
import { inNetworkOrder } from '../../../tensors/layerOrder';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { EvaluationNeeded } from '../EvaluationNeeded';
import classes from './Panel.module.css';
import { SensitivityGrid } from './SensitivityGrid';
import { SensitivityStart, SensitivityStatus } from './SensitivityStatus';

export function SensitivityPanel() {
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const checkpoint = useStudio((state) => state.checkpoint);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  const shown = useMemo(() => {
    if (!sensitivity || !checkpoint) return sensitivity;
    return { ...sensitivity, curves: inNetworkOrder(sensitivity.curves, checkpoint, ({ tensor }) => tensor) };
  }, [sensitivity, checkpoint]);
  if (!inputs)
    return (
      <EvaluationNeeded what="How much of each layer can go before the model suffers: every layer is pruned alone, more and more, and a click on a figure prunes the layer by that share." />
    );
  if (!shown) return <SensitivityStart what="How much of each layer can go before the model suffers." />;
  return (
    <div className={classes.panel}>
      <SensitivityStatus sensitivity={shown} />
      <SensitivityGrid sensitivity={shown} metric={metric} reference={referenceValue(inputs.baseline, metric)} />
    </div>
  );
}

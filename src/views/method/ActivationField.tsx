import { Button } from '@mantine/core';
import { formatQuantity } from '../../lib/numbers';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import classes from './MethodPanel.module.css';

/** The norms of what goes into each layer, on the inputs that the model is evaluated with. @param onCollected called once they are there */
export function ActivationField({ onCollected }: { readonly onCollected: () => void }) {
  const { status, inputs, activationNorms } = useStudio((state) => state.evaluation);
  const count = useStudio((state) => state.candidates.filter(({ activations }) => activations).length);
  const collect = async () => {
    await studio.getState().collectActivationNorms();
    if (studio.getState().evaluation.activationNorms) onCollected();
  };
  if (!inputs) {
    return (
      <div className={classes.needs}>
        <p>It needs inputs: start an evaluation, and give it samples of what the model sees.</p>
        <EvaluateButton />
      </div>
    );
  }
  return (
    <div className={classes.needs}>
      <p>
        {activationNorms
          ? `Norms of the inputs of ${formatQuantity(count, 'layer')}, on ${inputs.title}.`
          : `It needs the norms of what goes into each layer: one run of the model on ${inputs.title}.`}
      </p>
      <Button onClick={collect} disabled={status.kind === 'searching' || status.kind === 'loading'}>
        {activationNorms ? 'Collect again' : 'Collect input norms'}
      </Button>
    </div>
  );
}

function EvaluateButton() {
  const canRun = useStudio((state) => state.canEvaluateCheckpoint());
  const evaluateCheckpoint = useStudio((state) => state.evaluateCheckpoint);
  return canRun ? (
    <Button onClick={evaluateCheckpoint}>Evaluate</Button>
  ) : (
    <Button onClick={() => screen.getState().show('graph')}>Graph…</Button>
  );
}

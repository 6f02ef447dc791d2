import { Button } from '@mantine/core';
import { formatQuantity } from '../../lib/numbers';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { Running } from '../evaluation/outcome/Running';
import classes from './MethodPanel.module.css';
import { MissingInputs } from './MissingInputs';

/** The norms of what goes into each layer, on the inputs that the model is evaluated with. @param onCollected called once they are there */
export function ActivationField({ onCollected }: { readonly onCollected: () => void }) {
  const { status, inputs, source, activationNorms } = useStudio((state) => state.evaluation);
  const count = useStudio((state) => state.candidates.filter(({ activations }) => activations).length);
  const collect = async () => {
    await studio.getState().collectActivationNorms();
    if (studio.getState().evaluation.activationNorms) onCollected();
  };
  if (status.kind === 'loading' || status.kind === 'searching') {
    return (
      <div className={classes.needs}>
        <Running status={status} />
      </div>
    );
  }
  if (!inputs) {
    return (
      <div className={classes.needs}>
        <MissingInputs />
      </div>
    );
  }
  return (
    <div className={classes.needs}>
      <p>
        {activationNorms
          ? `Norms of the inputs of ${formatQuantity(count, 'layer')}, on ${inputs.title}.`
          : `It needs the norms of what goes into each layer: one run of the model on ${inputs.title}.`}
        {source?.kind === 'random' && ' Random numbers are not what it sees: give it samples first.'}
      </p>
      {source?.kind === 'random' && <Button onClick={() => screen.getState().show('inputs')}>Change inputs…</Button>}
      <Button onClick={collect}>{activationNorms ? 'Collect again' : 'Collect input norms'}</Button>
    </div>
  );
}

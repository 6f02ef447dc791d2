import { Button } from '@mantine/core';
import { formatQuantity } from '../../lib/numbers';
import type { InputNeed } from '../../pruning/criteria/criterion';
import { inputsKnown } from '../../state/checkpointSlice';
import { screen } from '../../state/screen';
import { studio, useStudio } from '../../state/store';
import { Running } from '../parts/quality/Running';
import classes from './MethodPanel.module.css';
import { MissingInputs } from './MissingInputs';

interface ActivationFieldProps {
  readonly of: InputNeed;
  /** Whether the criterion was chosen and nothing is pruned by it yet. */
  readonly isWanted: boolean;
  /** Called once they are there; whether they are still wanted it knows. */
  readonly onUse: () => void;
}

/** The norms or moments of what goes into each layer: on the inputs that the model is evaluated with or repaired on, or from a file. */
export function ActivationField({ of, isWanted, onUse }: ActivationFieldProps) {
  const { status, inputs, source } = useStudio((state) => state.evaluation);
  const slot = inputsKnown[of];
  const norms = useStudio((state) => state[slot]);
  const count = useStudio((state) => state.candidates.filter((each) => each[slot]).length);
  const calibration = useStudio((state) => (of === 'moments' ? state.repair.used?.title : undefined));
  const isKnown = norms.size > 0;
  const collect = async () => {
    const before = studio.getState()[slot];
    await studio.getState().collectInputs(of);
    if (studio.getState()[slot] !== before) onUse();
  };
  if (status.kind === 'loading' || status.kind === 'searching') {
    return (
      <div className={classes.needs}>
        <Running status={status} />
      </div>
    );
  }
  if (!inputs && !isKnown) {
    return (
      <div className={classes.needs}>
        <MissingInputs />
      </div>
    );
  }
  const sources = new Set([...norms.values()].map((each) => each.inputs));
  const isRandom = inputs !== null && source?.kind === 'random' && (!isKnown || sources.has(inputs.title));
  return (
    <div className={classes.needs}>
      <p>
        {isKnown
          ? `${of === 'norms' ? 'Norms' : 'Moments'} of the inputs of ${formatQuantity(count, 'layer')}, on ${[...sources].join('; ')}.`
          : `It needs the ${of} of what goes into each layer: one run of the model on ${calibration ?? inputs?.title}.`}
        {isRandom && ' Random numbers are not what it sees: give it samples first.'}
      </p>
      {isKnown && isWanted && <Button onClick={onUse}>Prune by these {of}</Button>}
      {isRandom && <Button onClick={() => screen.getState().show('inputs')}>Change inputs…</Button>}
      {inputs && <Button onClick={collect}>{isKnown ? 'Collect again' : `Collect input ${of}`}</Button>}
    </div>
  );
}

import { Button } from '@mantine/core';
import { screen } from '../../state/screen';
import { startEvaluation } from '../parts/quality/start';
import { evaluator, useEvaluation } from '../parts/quality/useEvaluation';

interface NextStep {
  /** The end of a sentence about norms of inputs. */
  readonly text: string;
  readonly label: string;
  take(): void;
}

/** What norms of inputs still lack, and the next step towards them. */
export function MissingInputs() {
  const hasGraph = useEvaluation(({ graph }) => graph !== null);
  const isConfirmed = useEvaluation(({ pairingConfirmed }) => pairingConfirmed);
  const { text, label, take } = nextStep(hasGraph, isConfirmed);
  return (
    <>
      <p>
        It needs the norms of what goes into each layer: {text} Or drop the .norms.safetensors file that was saved with
        a recipe.
      </p>
      <Button onClick={take}>{label}</Button>
    </>
  );
}

function nextStep(hasGraph: boolean, isConfirmed: boolean): NextStep {
  if (!hasGraph) {
    return evaluator().canEvaluateCheckpoint()
      ? {
          text: 'evaluate the model, then run it on samples of what it sees.',
          label: 'Evaluate…',
          take: startEvaluation,
        }
      : {
          text: 'these weights cannot be run by themselves, only with the ONNX graph that was exported from them.',
          label: 'Open the graph…',
          take: startEvaluation,
        };
  }
  if (!isConfirmed) {
    const take = () => screen.getState().show('pairing');
    return { text: 'say first whether weights and graph are paired rightly.', label: 'Confirm pairing…', take };
  }
  const take = () => screen.getState().show('inputs');
  return { text: 'give the model samples of what it sees.', label: 'Choose inputs…', take };
}

import { qualityActions } from '../../../state/actions/quality';
import { screen } from '../../../state/screen';
import { perform } from '../actions/perform';
import { evaluator } from './useEvaluation';

export function startEvaluation(): void {
  void perform(qualityActions.evaluate);
}

/** After a failure: what had not been done. */
export function tryAgain(): void {
  const { evaluation, setInputs, evaluateNow, doAgain } = evaluator();
  const { status } = evaluation;
  if (status.kind === 'failed' && status.error.code === 'not-fetched') {
    void doAgain();
    return;
  }
  if (!evaluation.graph) startEvaluation();
  else if (evaluation.inputs) void evaluateNow();
  else if (evaluation.source) void setInputs(evaluation.source);
  else screen.getState().show('inputs');
}

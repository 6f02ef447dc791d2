import { screen } from '../../../state/screen';
import { evaluator } from './useEvaluation';

/** At once where the open checkpoint is a graph; else a dialog asks for the graph that was exported from it. */
export function startEvaluation(): void {
  if (evaluator().canEvaluateCheckpoint()) void evaluator().evaluateCheckpoint();
  else screen.getState().show('graph');
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

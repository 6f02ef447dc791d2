import type { Evaluation } from '../../../state/evaluation';
import type { EvaluationSlice } from '../../../state/evaluationSlice';
import type { EvaluationState } from '../../../state/evaluationState';
import { shownEvaluation } from '../../../state/repairState';
import { studio, useStudio } from '../../../state/store';

export function useEvaluation<Selected>(selector: (state: EvaluationState) => Selected): Selected {
  return useStudio((state) => selector(state.evaluation));
}

/** Of the model as it is shown and exported: with its repair, where that is on. */
export function useShownEvaluation(): Evaluation | null {
  return useStudio(({ evaluation, repair }) => shownEvaluation(evaluation, repair));
}

/** Everything that can be asked of evaluation. */
export function evaluator(): EvaluationSlice {
  return studio.getState();
}

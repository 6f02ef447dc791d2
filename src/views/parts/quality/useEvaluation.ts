import type { EvaluationSlice } from '../../../state/evaluationSlice';
import type { EvaluationState } from '../../../state/evaluationState';
import { studio, useStudio } from '../../../state/store';

export function useEvaluation<Selected>(selector: (state: EvaluationState) => Selected): Selected {
  return useStudio((state) => selector(state.evaluation));
}

/** Everything that can be asked of evaluation. */
export function evaluator(): EvaluationSlice {
  return studio.getState();
}

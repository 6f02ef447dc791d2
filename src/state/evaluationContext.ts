/** What the parts of evaluation share: the graph's worker, the state, and trying a recipe. */
import type { EvaluationClient } from '../evaluation/client';
import type { Parts } from '../evaluation/protocol';
import { type Bench, createBench, type RepairCandidate, type Trial } from '../evaluation/search/bench';
import type { TrailPoint } from '../evaluation/search/trail';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import type { EvaluationState } from './evaluationState';
import type { NoticeSlice } from './noticeSlice';
import type { RecipeSlice } from './recipeSlice';
import type { RepairState } from './repairState';
import type { StatusSlice } from './statusSlice';

/** What evaluation reads and writes of the studio. */
export type EvaluationStudio = CheckpointSlice &
  RecipeSlice &
  Pick<StatusSlice, 'dismissError'> &
  Pick<NoticeSlice, 'say'> & { evaluation: EvaluationState; repair: RepairState };

export interface EvaluationContext {
  readonly studio: StudioContext<EvaluationStudio>;
  readonly client: EvaluationClient;
  readonly state: () => EvaluationState;
  readonly update: (partial: Partial<EvaluationState>) => void;
  readonly bench: Bench;
  /** On a part of the inputs, once they are split. */
  readonly benchOn: (part?: keyof Parts, repair?: RepairCandidate) => Bench;
  readonly point: (trial: Omit<Trial, 'zeros'>, origin: TrailPoint['origin']) => TrailPoint;
}

export function createEvaluationContext(
  studio: StudioContext<EvaluationStudio>,
  client: EvaluationClient,
): EvaluationContext {
  const state = () => studio.get().evaluation;
  let points = 0;
  const benchOn = (part?: keyof Parts, repair?: RepairCandidate) =>
    createBench(
      studio.engine,
      client,
      (recipe) => studio.see(recipe).candidates,
      () => studio.answers,
      part,
      repair,
    );
  return {
    studio,
    client,
    state,
    update: (partial) => studio.set({ evaluation: { ...state(), ...partial } }),
    bench: benchOn(),
    benchOn,
    point: ({ recipe, evaluation, sparsity }, origin) => ({ id: ++points, recipe, sparsity, evaluation, origin }),
  };
}

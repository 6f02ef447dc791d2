/** What the parts of evaluation share: the graph's worker, the state, and trying a recipe. */
import type { EvaluationClient } from '../evaluation/client';
import { type Bench, createBench, type Trial } from '../evaluation/search/bench';
import type { StudioContext } from './context';
import type { EvaluationState, TrailPoint } from './evaluation';

export interface EvaluationContext {
  readonly studio: StudioContext;
  readonly client: EvaluationClient;
  readonly state: () => EvaluationState;
  readonly update: (partial: Partial<EvaluationState>) => void;
  readonly bench: Bench;
  readonly point: (trial: Trial, origin: TrailPoint['origin']) => TrailPoint;
}

export function createEvaluationContext(studio: StudioContext, client: EvaluationClient): EvaluationContext {
  const state = () => studio.get().evaluation;
  let points = 0;
  return {
    studio,
    client,
    state,
    update: (partial) => studio.set({ evaluation: { ...state(), ...partial } }),
    bench: createBench(
      studio.engine,
      client,
      (recipe) => studio.see(recipe).candidates,
      () => studio.answers,
    ),
    point: ({ recipe, evaluation, sparsity }, origin) => ({ id: ++points, recipe, sparsity, evaluation, origin }),
  };
}

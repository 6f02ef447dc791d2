/** What the parts of evaluation share: the graph's worker, the state, and running a recipe through it. */
import { settle } from '../engine/page/settle';
import type { EvaluationClient } from '../evaluation/client';
import type { Recipe } from '../pruning/recipe';
import type { Resolution } from '../pruning/resolution';
import type { StudioContext } from './context';
import type { Evaluation, EvaluationState, TrailPoint } from './evaluation';
import { modelOutcome } from './outcome';

export interface EvaluationContext {
  readonly studio: StudioContext;
  readonly client: EvaluationClient;
  readonly state: () => EvaluationState;
  readonly update: (partial: Partial<EvaluationState>) => void;
  /** Exactly. @throws CheckpointError whatever the engine threw, `cancelled` */
  readonly resolve: (recipe: Recipe, signal: AbortSignal) => Promise<Resolution>;
  /** @throws CheckpointError whatever the engine or the evaluation threw, `cancelled` */
  readonly run: (recipe: Recipe, signal: AbortSignal) => Promise<Run>;
  readonly point: (recipe: Recipe, run: Run, origin: TrailPoint['origin']) => TrailPoint;
}

/** An evaluated recipe. */
export interface Run {
  readonly evaluation: Evaluation;
  /** Of the weights that are in, 0 to 1. */
  readonly sparsity: number;
  /** Weights that are in, and zeros among them. */
  readonly weights: number;
  readonly zeros: number;
}

export function createEvaluationContext(studio: StudioContext, client: EvaluationClient): EvaluationContext {
  const state = () => studio.get().evaluation;
  const resolve = (recipe: Recipe, signal: AbortSignal) =>
    settle(recipe, studio.see(recipe).candidates, studio.answers, (requests) =>
      studio.engine.call('lookUp', { requests }, { signal }),
    );
  let points = 0;
  return {
    studio,
    client,
    state,
    update: (partial) => studio.set({ evaluation: { ...state(), ...partial } }),
    resolve,
    run: async (recipe, signal) => {
      const resolution = await resolve(recipe, signal);
      const evaluation = await client.call('evaluate', { outcomes: resolution.outcomes }, { signal });
      const { sparsity, weights, zeros } = modelOutcome(studio.see(recipe).candidates, resolution);
      return { evaluation, sparsity, weights, zeros };
    },
    point: (recipe, { evaluation, sparsity }, origin) => ({ id: ++points, recipe, sparsity, evaluation, origin }),
  };
}

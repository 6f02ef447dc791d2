/** One repair: the recipe settled, its layers fitted, the model run with it and without. */
import type { Evaluation, Outcomes, RepairRequest } from '../evaluation/protocol';
import type { RepairCandidate } from '../evaluation/search/bench';
import { found } from '../lib/known';
import { modelOutcome } from '../pruning/modelOutcome';
import type { Recipe } from '../pruning/recipe';
import { hashOfRecipe, type Repair, repairedOutcomes } from '../pruning/repair';
import type { EvaluationContext } from './evaluationContext';
import type { RepairFigures, RepairSettings } from './repairState';
import type { ShowStep } from './stepRunner';

export interface MadeRepair {
  readonly kind: 'made';
  readonly repair: Repair;
  readonly figures: RepairFigures;
  /** Of the recipe, 0 to 1. */
  readonly sparsity: number;
  readonly milliseconds: number;
}

export interface RefusedRepair {
  readonly kind: 'refused';
  readonly sentence: string;
  readonly milliseconds: number;
}

/**
 * @throws CheckpointError whatever the engine or the evaluation threw, `cancelled`; nothing has changed then
 */
export async function makeRepair(
  context: EvaluationContext,
  recipe: Recipe,
  { damping }: RepairSettings,
  signal: AbortSignal,
  show: ShowStep,
): Promise<MadeRepair | RefusedRepair> {
  const { client, bench, studio } = context;
  show('settling exact amounts', 0, 0);
  const resolution = await bench.resolve(recipe, signal);
  const { outcomes } = resolution;
  const started = performance.now();
  const request = requestFor(recipe, outcomes, damping);
  const answer = await client.call('repair', request, {
    signal,
    progress: ({ stage, layer, done, total }) => show(layer === undefined ? stage : `fitting ${layer}`, done, total),
  });
  const milliseconds = performance.now() - started;
  if ('refused' in answer) return { kind: 'refused', sentence: answer.refused, milliseconds };
  show('running the model', 0, 0);
  const figures = await figuresOf(context, recipe, answer, signal);
  const { sparsity } = modelOutcome(studio.see(recipe).candidates, resolution);
  return { kind: 'made', repair: answer, figures, sparsity, milliseconds };
}

let requested = 0;

/** Its id is another one every time: the engine is asked for values by it. (Browsers give random ones on secure pages alone.) */
export function requestFor(recipe: Recipe, outcomes: Outcomes, damping: number): RepairRequest {
  return { outcomes, settings: { damping }, id: `repair-${++requested}`, of: hashOfRecipe(recipe) };
}

/** Quality without a repair and with it, on the inputs at hand. @throws CheckpointError as `makeRepair` */
export async function figuresOf(
  { client, bench, state, studio }: EvaluationContext,
  recipe: Recipe,
  repair: Repair,
  signal: AbortSignal,
): Promise<RepairFigures> {
  const inputs = found(state().inputs, 'inputs');
  const { outcomes } = await bench.resolve(recipe, signal);
  const run = (of: typeof outcomes): Promise<Evaluation> => client.call('evaluate', { outcomes: of }, { signal });
  const { evaluation, stale } = state();
  const known = !stale && studio.get().recipe === recipe ? evaluation : null;
  const pruned = known ?? (await run(outcomes));
  const repaired = await run(repairedOutcomes(outcomes, repair));
  return { inputs, pruned, repaired };
}

/** For searches: a candidate's outcomes with its repair. */
export function candidateRepair({ client }: EvaluationContext, { damping }: RepairSettings): RepairCandidate {
  return async (recipe, outcomes, signal) => {
    const answer = await client.call('repair', requestFor(recipe, outcomes, damping), { signal });
    return 'refused' in answer ? outcomes : repairedOutcomes(outcomes, answer);
  };
}

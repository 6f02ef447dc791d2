/** Sensitivity and auto-tune as the studio shows them: how far they are, and what they found. */
import { autoTune, type TuneGoal } from '../evaluation/search/autoTune';
import { layersIn } from '../evaluation/search/layerRecipes';
import { defaultLadder, isComplete, measureSensitivity, type Sensitivity } from '../evaluation/search/sensitivity';
import { verdictOn } from '../evaluation/search/verdict';
import type { EvaluationContext } from './evaluationContext';
import type { Tuning } from './evaluationState';

/** Fills `state.sensitivity` cell by cell. @throws CheckpointError whatever an evaluation throws, `cancelled` */
export async function showSensitivity(
  { studio, update, bench }: EvaluationContext,
  signal: AbortSignal,
  ladder: readonly number[] = defaultLadder,
): Promise<Sensitivity> {
  const { recipe } = studio.get();
  const layers = layersIn(recipe, studio.candidates);
  return measureSensitivity(recipe, layers, ladder, bench, signal, (sensitivity) => update({ sensitivity }));
}

/**
 * Fills `state.tuning`, adds the answer and the global threshold's to the trail, and applies the answer.
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function showAutoTune(context: EvaluationContext, goal: TuneGoal, signal: AbortSignal): Promise<void> {
  const { studio, state, update, bench, point } = context;
  let tuning: Tuning = { goal, state: 'running', evaluations: 0 };
  const change = (partial: Partial<Tuning>) => {
    tuning = { ...tuning, ...partial };
    update({ tuning });
  };
  const counted: typeof bench = {
    ...bench,
    run: async (recipe, runSignal) => {
      const trial = await bench.run(recipe, runSignal);
      change({ evaluations: tuning.evaluations + 1 });
      return trial;
    },
  };
  change({});
  try {
    const { recipe } = studio.get();
    const layers = layersIn(recipe, studio.candidates);
    const known = state().sensitivity;
    const { curves } = isComplete(known, layers) ? known : await showSensitivity(context, signal);
    const found = await autoTune(goal, recipe, layers, curves, counted, signal);
    const verdict = verdictOn(found, goal.metric);
    if (!found) {
      change({ state: 'impossible', verdict });
      return;
    }
    const [global, tuned] = [point(found.global, 'global'), point(found.best, 'auto-tune')];
    update({ trail: [...state().trail, global, tuned] });
    change({ state: 'finished', tuned, global, verdict });
    studio.get().applyRecipe(tuned.recipe);
  } catch (error) {
    change({ state: 'cancelled' });
    throw error;
  }
}

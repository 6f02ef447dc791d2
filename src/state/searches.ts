/** Sensitivity and auto-tune as the studio shows them: how far they are, and what they found. */
import { autoTune, type TuneGoal } from '../evaluation/search/autoTune';
import type { Trial } from '../evaluation/search/bench';
import { layersIn } from '../evaluation/search/layerRecipes';
import { defaultLadder, isComplete, measureSensitivity, type Sensitivity } from '../evaluation/search/sensitivity';
import { verdictOn } from '../evaluation/search/verdict';
import { known as knownOf } from '../lib/known';
import type { Recipe } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import type { EvaluationContext } from './evaluationContext';
import type { Tuning } from './evaluationState';

/**
 * Fills `state.sensitivity` cell by cell; where it was cancelled, it goes on from what is there.
 * @param ladder absent: that of what is there, or the default one
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function showSensitivity(
  { studio, state, update, bench }: EvaluationContext,
  signal: AbortSignal,
  ladder?: readonly number[],
): Promise<Sensitivity> {
  const { recipe } = studio.get();
  const layers = layersIn(recipe, studio.candidates);
  const { sensitivity: known, inputs } = state();
  const before = known?.state === 'cancelled' ? known : undefined;
  const steps = ladder ?? before?.ladder ?? defaultLadder;
  const start = { before, milliseconds: inputs?.baseline.milliseconds };
  return measureSensitivity(recipe, layers, steps, bench, signal, (sensitivity) => update({ sensitivity }), start);
}

/**
 * Fills `state.tuning`, adds the answer and the global threshold's to the trail, and applies the answer unless the
 * recipe was changed meanwhile.
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function showAutoTune(context: EvaluationContext, goal: TuneGoal, signal: AbortSignal): Promise<void> {
  const { studio, state, update, bench, point } = context;
  let tuning: Tuning = { goal, state: 'running', evaluations: 0 };
  const change = (partial: Partial<Tuning>) => {
    tuning = { ...tuning, ...partial };
    update({ tuning });
  };
  change({});
  try {
    const { recipe } = studio.get();
    const layers = layersIn(recipe, studio.candidates);
    const known = state().sensitivity;
    const { curves } = isComplete(known, layers) ? known : await showSensitivity(context, signal);
    const isOpen = layers.map(({ locked }) => !locked);
    const open = <Each>(each: readonly Each[]) => each.filter((_, i) => isOpen[i]);
    const free = openFigures(layers, (await bench.resolve(recipe, signal)).outcomes);
    const whole = new Map<Recipe, Trial>();
    const counted: typeof bench = {
      ...bench,
      run: async (tried, runSignal) => {
        const trial = await bench.run(tried, runSignal);
        whole.set(trial.recipe, trial);
        change({ evaluations: tuning.evaluations + 1 });
        return free(trial);
      },
    };
    const found = await autoTune(goal, recipe, open(layers), open(curves), counted, signal);
    const verdict = verdictOn(found, goal.metric);
    if (!found) {
      change({ state: 'impossible', verdict });
      return;
    }
    const [global, tuned] = [
      point(knownOf(whole, found.global.recipe), 'global'),
      point(knownOf(whole, found.best.recipe), 'auto-tune'),
    ];
    update({ trail: [...state().trail, global, tuned] });
    // A search takes a while: what was changed meanwhile stays.
    const isAsItWas = studio.get().recipe === recipe;
    const waits = ' The recipe was changed meanwhile and stays as it is: what was found is in the chart of quality.';
    change({ state: 'finished', tuned, global, verdict: isAsItWas ? verdict : verdict + waits });
    if (isAsItWas) studio.get().applyRecipe(tuned.recipe);
  } catch (error) {
    change({ state: 'cancelled' });
    throw error;
  }
}

/** Figures of the layers that are not locked: the search is over these. */
function openFigures(layers: readonly Candidate[], outcomes: Resolution['outcomes']): (trial: Trial) => Trial {
  const locked = layers.filter((layer) => layer.locked);
  if (locked.length === 0) return (trial) => trial;
  const fixed = locked.reduce((sum, { id }) => sum + (outcomes.get(id)?.zeros ?? 0), 0);
  const weights = layers.reduce((sum, { statistics, locked }) => sum + (locked ? 0 : statistics.count), 0);
  return (trial) => {
    const zeros = trial.zeros - fixed;
    return { ...trial, zeros, sparsity: weights === 0 ? 0 : zeros / weights };
  };
}

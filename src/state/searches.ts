/** Sensitivity and auto-tune as the studio shows them: how far they are, and what they found. */
import { autoTune, type TuneGoal } from '../evaluation/search/autoTune';
import type { Bench, RepairCandidate, Trial } from '../evaluation/search/bench';
import { isWithin } from '../evaluation/search/bound';
import { layersIn } from '../evaluation/search/layerRecipes';
import { leastToSplit } from '../evaluation/search/leastToSplit';
import { defaultLadder, isComplete, measureSensitivity, type Sensitivity } from '../evaluation/search/sensitivity';
import { verdictOn } from '../evaluation/search/verdict';
import { found } from '../lib/known';
import type { Candidate, Resolution } from '../pruning/resolution';
import type { EvaluationContext } from './evaluationContext';
import type { Tuning } from './evaluationState';

/** One draw: who asks twice is judged on the same inputs. */
const splitSeed = 1;

/**
 * Fills `state.sensitivity` cell by cell; where it was cancelled, it goes on from what is there.
 * @param ladder absent: that of what is there, or the default one
 * @param keepsAll whether it goes on from what is there in any case: layers may have joined
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function showSensitivity(
  { studio, state, update, bench }: EvaluationContext,
  signal: AbortSignal,
  ladder?: readonly number[],
  keepsAll = false,
): Promise<Sensitivity> {
  const { recipe } = studio.get();
  const layers = layersIn(recipe, studio.candidates);
  const { sensitivity: known, inputs } = state();
  const before = known && (keepsAll || known.state === 'cancelled') ? known : undefined;
  const steps = ladder ?? before?.ladder ?? defaultLadder;
  const start = { before, milliseconds: inputs?.baseline.milliseconds };
  return measureSensitivity(recipe, layers, steps, bench, signal, (sensitivity) => update({ sensitivity }), start);
}

/**
 * Fills `state.tuning`, adds the answer and the global threshold's to the trail, and applies the answer unless the
 * recipe was changed meanwhile.
 * @param repair candidates are judged with it; the answer that is applied is not repaired yet
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function showAutoTune(
  context: EvaluationContext,
  goal: TuneGoal,
  signal: AbortSignal,
  repair?: RepairCandidate,
): Promise<void> {
  const { studio, client, state, update, bench, benchOn, point } = context;
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
    const { curves } = isComplete(known, layers) ? known : await showSensitivity(context, signal, undefined, true);
    const { samples, baseline: original } = found(state().inputs, 'inputs');
    const parts =
      samples < leastToSplit ? undefined : await client.call('splitInputs', { seed: splitSeed }, { signal });
    change({ searched: parts?.search.length ?? samples, judged: parts?.verdict.length ?? 0 });
    const isOpen = layers.map(({ locked }) => !locked);
    const open = <Each>(each: readonly Each[]) => each.filter((_, i) => isOpen[i]);
    const free = openFigures(layers, (await bench.resolve(recipe, signal)).outcomes);
    const counted = (on: Bench): Bench => ({
      ...on,
      run: async (tried, runSignal) => {
        const trial = await on.run(tried, runSignal);
        change({ evaluations: tuning.evaluations + 1 });
        return free(trial);
      },
    });
    const benches = parts
      ? { search: counted(benchOn('search', repair)), verdict: counted(benchOn('verdict', repair)) }
      : { search: counted(benchOn(undefined, repair)) };
    const answer = await autoTune(goal, recipe, open(layers), open(curves), benches, signal, {
      searched: parts?.search,
      isWithin: ({ evaluation }, part) =>
        goal.kind === 'best' || isWithin(goal, evaluation, original, parts && { name: part, places: parts[part] }),
    });
    const verdict = verdictOn(answer, goal, { original, samples, places: parts?.verdict });
    if (!answer || (goal.kind === 'sparsest' && answer.best.sparsity === 0)) {
      change({ state: 'impossible', verdict });
      return;
    }
    // The chart is of all inputs.
    const global = point(await bench.run(answer.global.recipe, signal), 'global');
    const tuned = point(await bench.run(answer.best.recipe, signal), 'auto-tune');
    update({ trail: [...state().trail, global, tuned] });
    // A search takes a while: what was changed meanwhile stays.
    const isAsItWas = studio.get().recipe === recipe;
    const waits = ' The recipe was changed meanwhile and stays as it is: what was found is in the chart of quality.';
    const figures = { tuned: answer.best.evaluation, global: answer.global.evaluation };
    change({ state: 'finished', tuned, global, figures, verdict: isAsItWas ? verdict : verdict + waits });
    if (isAsItWas) studio.get().applyRecipe(tuned.recipe, 'Auto-tune');
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

/** Smaller models beside evaluation: one at a time, of the recipe shown; the open checkpoint stays as it is. */
import { CheckpointError, throwIfCancelled } from '../lib/errors';
import type { CalibratedWork } from './calibratedWork';
import type { Follow, StudioContext } from './context';
import { download } from './download';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import type { RecipeHistory } from './recipeSlice';
import { calibrationInUse } from './repairState';
import type { SlimFile } from './slimFiles';
import { isOf, notSlim, type SlimSettings, type SlimState, slimInForce } from './slimState';
import type { StatusSlice } from './statusSlice';
import { type ShowStep, StepRunner } from './stepRunner';
import type { UnsavedSlice } from './unsaved';

/** What the store gains. Promises never reject: what went wrong is in `slim.status`. */
export interface SlimSlice {
  readonly slim: SlimState;
  setSlimSettings(settings: Partial<SlimSettings>): void;
  /** Makes the smaller model of the recipe shown. Opens the graph where the checkpoint is one. */
  slimNow(): Promise<void>;
  /** Stops at once: all is as it was. */
  cancelSlim(): void;
  /** Of the smaller model made last, in the browser's downloads. */
  downloadSlim(file?: SlimFile): Promise<void>;
}

type Known = EvaluationStudio &
  EvaluationSlice &
  Pick<StatusSlice, 'showError'> &
  Pick<UnsavedSlice, 'markSaved'> &
  SlimSlice;

/** @param evaluation the graph's worker @param calibration what layers are fitted to, as repairs are */
export function createSlimSlice(
  studio: StudioContext<Known>,
  evaluation: EvaluationContext,
  calibration: CalibratedWork,
  history: RecipeHistory,
): { slice: SlimSlice; follow: Follow<Known> } {
  const { get, set } = studio;
  const state = () => get().slim;
  const update = (partial: Partial<SlimState>) => set({ slim: { ...state(), ...partial } });
  const runner = new StepRunner('slimming', (status) => {
    if (state().status.kind !== status.kind || status.kind !== 'idle') update({ status });
  });
  let isOpeningGraph = false;
  /** Inputs that costs were asked for: other inputs may have another shape. */
  let costsOf: unknown;

  const openGraph = async (signal: AbortSignal, show: ShowStep) => {
    if (evaluation.state().graph) return;
    show('reading the graph', 0, 0);
    const cancel = () => get().cancelEvaluation();
    signal.addEventListener('abort', cancel);
    isOpeningGraph = true;
    try {
      await get().evaluateCheckpoint();
    } finally {
      isOpeningGraph = false;
      signal.removeEventListener('abort', cancel);
    }
    throwIfCancelled(signal);
    const { status } = evaluation.state();
    if (status.kind === 'failed') throw status.error;
  };

  const isReady = () => {
    const { graph, pairingConfirmed, status } = evaluation.state();
    if (!graph) return get().canEvaluateCheckpoint();
    return pairingConfirmed && status.kind !== 'loading' && status.kind !== 'searching';
  };

  const askCosts = async () => {
    const { inputs } = evaluation.state();
    costsOf = inputs;
    const costs = await evaluation.client.call('costs', {}).catch(() => null);
    if (costsOf === inputs) update({ costs });
  };

  const slice: SlimSlice = {
    slim: notSlim,
    setSlimSettings: (settings) => update({ settings: { ...state().settings, ...settings } }),
    slimNow: async () => {
      if (!isReady() || get().repair.status.kind === 'repairing') return;
      const { recipe } = get();
      await runner.run(recipe, false, async (signal, show) => {
        await openGraph(signal, show);
        const { settings } = state();
        const fits = settings.repair && calibrationInUse(get().repair) !== null;
        const { makeSlim } = await import('./slimRun');
        const make = () => makeSlim(studio, evaluation, recipe, settings, fits, signal, show);
        const isOfUse = ({ kind }: Awaited<ReturnType<typeof make>>) => kind === 'made';
        const answer = fits ? await calibration.run(recipe, signal, show, make, isOfUse) : await make();
        return () => {
          if (answer.kind === 'refused') {
            update({ status: answer });
            return;
          }
          const { made } = answer;
          update({ made });
          // In the recipe, so that undo has it.
          history.apply({ ...get().recipe, slim: made.entry }, 'Slim model');
          update({ isFresh: isOf(made, get().recipe, get().repair) });
        };
      });
    },
    cancelSlim: () => runner.rest(),
    downloadSlim: async (kind = 'model') => {
      const made = slimInForce(state());
      const { checkpoint } = get();
      if (!made || !checkpoint) return;
      try {
        const { slimFileOf } = await import('./slimFiles');
        const { file, name } = await slimFileOf(kind, made, checkpoint, studio.engine);
        download(file, name);
        // What the recipe did is in the file.
        if (kind !== 'plan') get().markSaved();
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
        get().showError(error);
      }
    },
  };

  /** Whether what was made is of what is shown; while a handle is on its way it is not. */
  const followRecipe: Follow<Known> = (now, previous) => {
    const { made, isFresh } = now.slim;
    const isSettled = now.settled !== previous.settled || now.repair !== previous.repair;
    const { running } = runner;
    if (now.recipe !== previous.recipe && running && running.recipe !== now.recipe) {
      runner.rest({ kind: 'refused', sentence: 'The recipe changed, so the smaller model was given up.' });
    } else if (now.recipe !== previous.recipe && !running) runner.rest();
    if (!made || (now.recipe === previous.recipe && !isSettled)) return;
    const isOfThis = isSettled && isOf(made, now.recipe, now.repair);
    if (isOfThis !== isFresh) update({ isFresh: isOfThis });
  };

  const follow: Follow<Known> = (now, previous) => {
    if (now.opened !== previous.opened) {
      runner.rest();
      costsOf = undefined;
      update(notSlim);
      return;
    }
    followRecipe(now, previous);
    if (now.evaluation === previous.evaluation) return;
    const { graph, inputs, status } = now.evaluation;
    if (runner.running && !isOpeningGraph && (status.kind === 'searching' || status.kind === 'off')) runner.rest();
    if (graph === null && state().costs) update({ costs: null });
    if (inputs && inputs !== costsOf && status.kind === 'ready') void askCosts();
  };

  return { slice, follow };
}

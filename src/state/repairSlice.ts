/** Repair beside evaluation: one at a time, of the recipe shown, and shown or not as a person wants it. */
import type { TuneGoal } from '../evaluation/search/autoTune';
import { asCheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';
import { hashOfRecipe, isRepairStale, type Repair, repairEntry } from '../pruning/repair';
import { CalibratedWork } from './calibratedWork';
import type { Follow, StudioContext } from './context';
import { download } from './download';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import type { EvaluationState, EvaluationStatus } from './evaluationState';
import type { RecipeHistory } from './recipeSlice';
import { RepairKeeping } from './repairKeeping';
import { RepairReports } from './repairReports';
import type { MadeRepair } from './repairRun';
import {
  type CalibrationChoice,
  calibrationInUse,
  canFollow,
  notRepaired,
  type RepairReport,
  type RepairSettings,
  type RepairState,
  type RepairStatus,
} from './repairState';
import type { StatusSlice } from './statusSlice';
import { StepRunner } from './stepRunner';

/** What the store gains. Promises never reject: what went wrong is in `repair.status`. */
export interface RepairSlice {
  readonly repair: RepairState;
  /** Repairs the recipe shown. One history entry. */
  repairNow(): Promise<void>;
  /** Whether the model is shown, measured and exported with its repair. */
  setRepaired(on: boolean): void;
  /** Whether a repair follows the resting handle, where it is quick enough. */
  setLiveRepair(live: boolean): void;
  setCalibration(choice: CalibrationChoice): void;
  /** What comes with the open sample for repairs: it is what is usual then. @param file among the samples */
  offerSet(file: string): void;
  setRepairSettings(settings: Partial<RepairSettings>): void;
  /** Prunes the whole model to a sparsity (0 to 1) in rounds, each of them repaired. One history entry. */
  repairInRounds(target: number): Promise<void>;
  /** Auto-tune whose candidates are repaired before they are judged, as the answer is then. Needs calibration inputs in use. */
  tuneRepaired(goal: TuneGoal): Promise<void>;
  /** Ends rounds after the one that was finished last, and keeps that. */
  stopRounds(): void;
  /** Stops what is under way: all is as it was. */
  cancelRepair(): void;
  /** Knows a repair that the engine holds: a recipe that says it was repaired so is fresh then. */
  keepRepair(repair: Repair): void;
  holdsRepair(recipe: Recipe): boolean;
  /** The recipe shown gets a repair that the engine holds. One history entry. @returns false where it is of another recipe */
  takeRepair(repair: Repair): boolean;
  /** Downloads the repaired weights, as a file that goes beside the recipe. */
  saveRepair(): Promise<void>;
}

type Known = EvaluationStudio & EvaluationSlice & Pick<StatusSlice, 'showError'> & RepairSlice;

/** @param evaluation the graph's worker, and the searches over it */
export function createRepairSlice(
  studio: StudioContext<Known>,
  evaluation: EvaluationContext,
  history: RecipeHistory,
): { slice: RepairSlice; follow: Follow<Known>; calibration: CalibratedWork } {
  const { get, set } = studio;
  const state = () => get().repair;
  const update = (partial: Partial<RepairState>) => set({ repair: { ...state(), ...partial } });
  const reports = new RepairReports(studio);
  const keeping = new RepairKeeping(evaluation, history, reports);
  const runner = new StepRunner('repairing', (status) => {
    if (state().status.kind !== status.kind || status.kind !== 'idle') update({ status });
  });
  const calibration = new CalibratedWork(evaluation, () => get().evaluateNow());
  let measuring = false;
  /** Rounds end after the one that is under way. */
  let isEnough = false;

  const repair = (recipe: Recipe, isLive: boolean) =>
    runner.run(recipe, isLive, async (signal, show) => {
      const { makeRepair } = await import('./repairRun');
      const make = () => makeRepair(evaluation, recipe, state().settings, signal, show);
      const made = await calibration.run(recipe, signal, show, make, ({ kind }) => kind === 'made');
      return () => {
        update({ took: [...state().took, made.milliseconds].slice(-3) });
        if (made.kind === 'made') keep(recipe, made, isLive);
        else update({ status: { kind: 'refused', sentence: made.sentence } });
      };
    });

  const inRounds = (recipe: Recipe, target: number) =>
    runner.run(recipe, false, async (signal, show) => {
      const { showRounds } = await import('./repairRounds');
      const make = () => showRounds(evaluation, recipe, target, signal, () => isEnough, show);
      const { rounds, last, figures, end } = await calibration.run(recipe, signal, show, make, () => true);
      return () => {
        end();
        update({ on: true });
        for (const { recipe: earlier, repair: made, pruned, repaired, sparsity } of rounds.slice(0, -1)) {
          keeping.add(earlier, { repair: made, figures: { inputs: figures.inputs, pruned, repaired } }, sparsity);
        }
        keeping.commit(last.recipe, { repair: last.repair, figures }, last.sparsity, false);
      };
    });

  /** A repair that followed an edit is one with it for undo; one that was asked for is an entry of its own. */
  const keep = (recipe: Recipe, made: MadeRepair, isLive: boolean) => {
    const report: RepairReport = { repair: made.repair, figures: made.figures };
    if (isLive && reports.isDragging) {
      reports.rest(recipe, report);
      return;
    }
    if (!isLive) update({ on: true });
    keeping.commit(recipe, report, made.sparsity, isLive);
  };

  /** Runs the model with a repair that came without figures, or was measured on other inputs. */
  const measure = async (report: RepairReport) => {
    measuring = true;
    const { recipe } = get();
    try {
      const { figuresOf } = await import('./repairRun');
      const figures = await figuresOf(evaluation, recipe, report.repair, new AbortController().signal);
      reports.replace(report, { ...report, figures });
    } catch (thrown) {
      const error = asCheckpointError(thrown);
      if (error.code === 'repair-missing') reports.forget(report);
      else if (error.code !== 'cancelled') update({ status: { kind: 'failed', error } });
    } finally {
      measuring = false;
    }
  };

  const isReady = () => {
    const { graph, inputs, pairingConfirmed, status } = evaluation.state();
    return graph !== null && inputs !== null && pairingConfirmed && !isElsewhere(status);
  };

  /** What the recipe shown lacks: figures of its repair, or a repair that follows the handle. */
  const catchUp = () => {
    const { recipe, evaluation: evaluated, repair: now } = get();
    const { stale, evaluation: pruned, inputs, status } = evaluated;
    if (runner.running || measuring || !isReady() || !pruned || stale || status.kind !== 'ready') return;
    const { report, isFresh, live, on } = now;
    if (report && isFresh && report.figures?.inputs !== inputs) void measure(report);
    else if (live && on && !isFresh && canFollow(now) && isRepairStale(recipe)) void repair(recipe, true);
  };

  const slice: RepairSlice = {
    repair: notRepaired,
    repairNow: async () => {
      if (!isReady() || reports.isDragging || !calibrationInUse(state())) return;
      update({ wasPressed: true });
      await repair(get().recipe, false);
    },
    setRepaired: (on) => {
      update({ on });
      evaluation.update({ layerDrift: null });
    },
    setLiveRepair: (live) => {
      update({ live });
      catchUp();
    },
    setCalibration: (calibration) => update({ calibration }),
    offerSet: (file) => update({ set: file, usual: usualCalibration(file, evaluation.state()) }),
    setRepairSettings: (settings) => update({ settings: { ...state().settings, ...settings } }),
    repairInRounds: async (target) => {
      if (!isReady() || reports.isDragging || !calibrationInUse(state())) return;
      isEnough = false;
      update({ wasPressed: true });
      await inRounds(get().recipe, target);
    },
    tuneRepaired: async (goal) => {
      const { candidateRepair } = await import('./repairRun');
      await get().autoTune(goal, candidateRepair(evaluation, state().settings));
      const { tuning } = evaluation.state();
      if (tuning?.state === 'finished' && tuning.tuned?.recipe === get().recipe) await slice.repairNow();
    },
    stopRounds: () => {
      isEnough = true;
    },
    cancelRepair: () => runner.rest(),
    keepRepair: (made) => {
      reports.keep({ repair: made });
      update({ on: true });
      reports.show();
      catchUp();
    },
    holdsRepair: ({ repair: entry }) => entry !== undefined && reports.holds(entry.file),
    takeRepair: (made) => {
      const { recipe } = get();
      if (hashOfRecipe(recipe) !== made.of) return false;
      if (recipe.repair?.file !== made.file)
        history.apply({ ...recipe, repair: repairEntry(made) }, 'Repaired weights given');
      return true;
    },
    saveRepair: async () => {
      const { report } = state();
      if (!report) return;
      try {
        const { file, name } = await studio.engine.call('repairFile', { repair: report.repair });
        download(file, name);
      } catch (thrown) {
        const error = asCheckpointError(thrown);
        if (error.code === 'repair-missing') reports.forget(report);
        get().showError(error);
      }
    },
  };

  const followRecipe: Follow<Known> = (now, previous) => {
    if (now.recipe === previous.recipe && now.settled === previous.settled) return;
    reports.isDragging = now.settled === previous.settled;
    const { running } = runner;
    if (running && running.recipe !== now.recipe) runner.rest(running.isLive ? undefined : givenUp);
    else if (!running) runner.rest();
    const { resting } = reports;
    const isLetGo = !reports.isDragging && resting?.recipe === now.recipe;
    if (resting && (isLetGo || resting.recipe !== now.recipe)) reports.resting = undefined;
    if (resting && isLetGo) keeping.commit(resting.recipe, resting.report, now.outcome.sparsity, true);
    reports.show();
  };

  const follow: Follow<Known> = (now, previous) => {
    if (now.opened !== previous.opened) {
      runner.rest();
      calibration.forget();
      reports.clear();
      update(notRepaired);
      return;
    }
    followRecipe(now, previous);
    if (now.evaluation === previous.evaluation) return;
    if (now.evaluation.source !== previous.evaluation.source) {
      update({ usual: usualCalibration(state().set, now.evaluation), used: null });
    }
    if (runner.running && isElsewhere(now.evaluation.status)) runner.rest();
    catchUp();
  };

  return { slice, follow, calibration };
}

const givenUp: RepairStatus = { kind: 'refused', sentence: 'The recipe changed, so its repair was given up.' };

/** What evaluation is busy with takes the model, and has a progress of its own. */
function isElsewhere({ kind }: EvaluationStatus): boolean {
  return kind === 'loading' || kind === 'searching' || kind === 'off';
}

/** What is usual where nothing was chosen; null where only random numbers are at hand. @param set that comes with what is open */
function usualCalibration(set: string | null, { source }: EvaluationState): CalibrationChoice | null {
  if (set !== null) return { kind: 'sample', file: set };
  return source === null || source.kind === 'random' ? null : { kind: 'share' };
}

/** Repair beside evaluation: one at a time, of the recipe shown, and shown or not as a person wants it. */
import { asCheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';
import { hashOfRecipe, isRepairStale, type Repair, repairEntry } from '../pruning/repair';
import type { Follow, StudioContext } from './context';
import { download } from './download';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import type { EvaluationState, EvaluationStatus } from './evaluationState';
import type { RecipeHistory } from './recipeSlice';
import { RepairReports } from './repairReports';
import type { MadeRepair, ShowStep } from './repairRun';
import {
  type CalibrationChoice,
  canFollow,
  isPrunedAlike,
  notRepaired,
  type RepairReport,
  type RepairSettings,
  type RepairState,
  type RepairStatus,
} from './repairState';
import type { StatusSlice } from './statusSlice';

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
  setRepairSettings(settings: Partial<RepairSettings>): void;
  /** Prunes the whole model to a sparsity (0 to 1) in rounds, each of them repaired. One history entry. */
  repairInRounds(target: number): Promise<void>;
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
): { slice: RepairSlice; follow: Follow<Known> } {
  const { get, set } = studio;
  const state = () => get().repair;
  const update = (partial: Partial<RepairState>) => set({ repair: { ...state(), ...partial } });
  const reports = new RepairReports(studio);
  let running: { readonly recipe: Recipe; readonly isLive: boolean; readonly controller: AbortController } | undefined;
  let measuring = false;
  /** What the evaluation has for repairs, and of which inputs. */
  let calibrated: readonly unknown[] = [];

  /** Gives up what is under way. */
  const rest = (status: RepairStatus = { kind: 'idle' }) => {
    running?.controller.abort();
    running = undefined;
    if (state().status.kind !== status.kind || status.kind !== 'idle') update({ status });
  };

  /** One at a time; what goes wrong the status says. @param work what it returns is done unless something newer runs */
  const run = async (
    recipe: Recipe,
    isLive: boolean,
    work: (signal: AbortSignal, show: ShowStep) => Promise<() => void>,
  ) => {
    running?.controller.abort();
    const mine = { recipe, isLive, controller: new AbortController() };
    running = mine;
    update({ status: { kind: 'repairing', isLive, step: 'getting ready', done: 0, total: 0 } });
    try {
      const finish = await work(mine.controller.signal, stepsOf(mine.controller.signal, isLive));
      if (running !== mine) return;
      running = undefined;
      update({ status: { kind: 'idle' } });
      finish();
    } catch (thrown) {
      if (running !== mine) return;
      running = undefined;
      const error = asCheckpointError(thrown);
      update({ status: error.code === 'cancelled' ? { kind: 'idle' } : { kind: 'failed', error } });
    }
  };

  /** How far a run is, with what is left by the time it took so far. */
  const stepsOf = (signal: AbortSignal, isLive: boolean): ShowStep => {
    let started = performance.now();
    return (step, done, total) => {
      if (signal.aborted) return;
      if (done === 0) started = performance.now();
      const left = done > 0 ? { millisecondsLeft: ((performance.now() - started) / done) * (total - done) } : {};
      update({ status: { kind: 'repairing', isLive, step, done, total, ...left } });
    };
  };

  /** Gives the evaluation what to fit to, unless it has that; a share goes back to the inputs where the run comes to nothing. */
  const calibrate = async (signal: AbortSignal, show: ShowStep) => {
    const { calibration, usual, settings } = state();
    const { graph, source } = evaluation.state();
    const choice = calibration ?? usual;
    const wanted = [graph, source, choice?.kind, choice?.kind === 'own' && choice.source, settings.samples];
    if (!choice || (wanted.length === calibrated.length && wanted.every((each, i) => each === calibrated[i]))) return;
    show('reading calibration inputs', 0, 0);
    const { giveCalibration, takeCalibrationBack } = await import('./repairCalibration');
    const { used, before } = await giveCalibration(evaluation, choice, settings, signal);
    if (before) {
      try {
        await get().evaluateNow();
        signal.throwIfAborted();
      } catch (thrown) {
        await takeCalibrationBack(evaluation, before);
        throw thrown;
      }
    }
    calibrated = wanted;
    update({ used });
  };

  const repair = (recipe: Recipe, isLive: boolean) =>
    run(recipe, isLive, async (signal, show) => {
      const { makeRepair } = await import('./repairRun');
      await calibrate(signal, show);
      const made = await makeRepair(evaluation, recipe, state().settings, signal, show);
      return () => {
        update({ took: [...state().took, made.milliseconds].slice(-3) });
        if (made.kind === 'made') keep(recipe, made, isLive);
        else update({ status: { kind: 'refused', sentence: made.sentence } });
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
    commit(recipe, report, made, isLive);
  };

  const commit = (recipe: Recipe, report: RepairReport, { sparsity, zeros }: Amounts, isLive: boolean) => {
    reports.keep(report);
    const repaired: Recipe = { ...recipe, repair: repairEntry(report.repair) };
    addToTrail(repaired, report, { sparsity, zeros });
    if (isLive) history.amend(repaired);
    else history.apply(repaired);
  };

  const addToTrail = (recipe: Recipe, { figures }: RepairReport, amounts: Amounts) => {
    if (!figures) return;
    const { trail } = evaluation.state();
    const isKnown = trail.some((each) => each.origin !== 'repaired' && isPrunedAlike(each.recipe, recipe));
    const [pruned, repaired] = [
      evaluation.point({ recipe, evaluation: figures.pruned, ...amounts }, 'edit'),
      evaluation.point({ recipe, evaluation: figures.repaired, ...amounts }, 'repaired'),
    ];
    evaluation.update({ trail: [...trail, ...(isKnown ? [] : [pruned]), repaired] });
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
    if (running || measuring || !isReady() || !pruned || stale || status.kind !== 'ready') return;
    const { report, isFresh, live, on } = now;
    if (report && isFresh && report.figures?.inputs !== inputs) void measure(report);
    else if (live && on && !isFresh && canFollow(now) && isRepairStale(recipe)) void repair(recipe, true);
  };

  const slice: RepairSlice = {
    repair: notRepaired,
    repairNow: async () => {
      const { calibration, usual } = state();
      if (!isReady() || reports.isDragging || !(calibration ?? usual)) return;
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
    setRepairSettings: (settings) => update({ settings: { ...state().settings, ...settings } }),
    repairInRounds: async () => {},
    stopRounds: () => {},
    cancelRepair: () => rest(),
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
      if (recipe.repair?.file !== made.file) history.apply({ ...recipe, repair: repairEntry(made) });
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
    if (running && running.recipe !== now.recipe) rest(running.isLive ? { kind: 'idle' } : givenUp);
    else if (!running && state().status.kind !== 'idle') rest();
    const { resting } = reports;
    const isLetGo = !reports.isDragging && resting?.recipe === now.recipe;
    if (resting && (isLetGo || resting.recipe !== now.recipe)) reports.resting = undefined;
    if (resting && isLetGo) commit(resting.recipe, resting.report, now.outcome, true);
    reports.show();
  };

  const follow: Follow<Known> = (now, previous) => {
    if (now.opened !== previous.opened) {
      running?.controller.abort();
      running = undefined;
      calibrated = [];
      reports.clear();
      update(notRepaired);
      return;
    }
    followRecipe(now, previous);
    if (now.evaluation === previous.evaluation) return;
    if (now.evaluation.source !== previous.evaluation.source) {
      update({ usual: usualCalibration(studio.sample !== null, now.evaluation), used: null });
    }
    if (running && isElsewhere(now.evaluation.status)) rest();
    catchUp();
  };

  return { slice, follow };
}

type Amounts = Pick<MadeRepair, 'sparsity' | 'zeros'>;

const givenUp: RepairStatus = { kind: 'refused', sentence: 'The recipe changed, so its repair was given up.' };

/** What evaluation is busy with takes the model, and has a progress of its own. */
function isElsewhere({ kind }: EvaluationStatus): boolean {
  return kind === 'loading' || kind === 'searching' || kind === 'off';
}

/** What is usual where nothing was chosen; null where only random numbers are at hand. @param hasSet whether one comes with what is open */
function usualCalibration(hasSet: boolean, { source }: EvaluationState): CalibrationChoice | null {
  if (hasSet) return { kind: 'sample' };
  return source === null || source.kind === 'random' ? null : { kind: 'share' };
}

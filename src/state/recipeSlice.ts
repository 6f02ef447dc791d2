/** The recipe being edited: gestures, typed values, undo, and the resolution that follows each of them. */
import { settle } from '../engine/settle';
import { CheckpointError, fromWireError, toWireError } from '../lib/errors';
import {
  type EditTarget,
  initialRecipe,
  reset,
  setIncluded,
  withCriterion,
  withSparsity,
  withThreshold,
} from '../pruning/edit';
import type { Recipe } from '../pruning/recipe';
import type { Resolution } from '../pruning/resolution';
import { resolve } from '../pruning/resolve';
import { warningsFor } from '../pruning/warnings';
import type { StudioContext } from './context';
import { commit, type History, historyOf, redo, undo } from './history';
import { modelOutcome, noResolution } from './outcome';
import type { StudioState } from './studio';

type RecipeSlice = Pick<
  StudioState,
  | 'recipe'
  | 'resolution'
  | 'outcome'
  | 'settled'
  | 'warnings'
  | 'canUndo'
  | 'canRedo'
  | 'setIncluded'
  | 'setCriterion'
  | 'beginGesture'
  | 'dragThreshold'
  | 'commitGesture'
  | 'bailGesture'
  | 'setThreshold'
  | 'setTargetSparsity'
  | 'resetScope'
  | 'undo'
  | 'redo'
  | 'applyRecipe'
>;

export interface RecipeHistory {
  /** Starts afresh with a checkpoint. */
  start(recipe: Recipe): void;
}

export function createRecipeSlice(context: StudioContext): RecipeSlice & { history: RecipeHistory } {
  const { get, set } = context;
  let history: History<Recipe> = historyOf(initialRecipe());
  /** Whether a drag is under way: `recipe` is then ahead of the history. */
  let dragging = false;
  let refining: AbortController | undefined;

  /**
   * Shows a recipe at once: a pure function of the statistics, fast enough for every frame.
   * @throws CheckpointError where it cannot apply here; nothing has changed then
   */
  const show = (recipe: Recipe) => {
    const resolution = resolve(recipe, context.candidates, context.refinements);
    set({ recipe, resolution, outcome: modelOutcome(context.candidates, resolution) });
    return resolution;
  };

  /** What follows once the history's present is shown: exact figures, where a bin has to be looked into. */
  const settlePresent = (resolution: Resolution) => {
    const recipe = history.present;
    set({
      settled: resolution,
      warnings: warningsFor(context.candidates, resolution),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    });
    refining?.abort();
    if (resolution.pending.length > 0) void makeExact(recipe);
  };

  const showPresent = () => settlePresent(show(history.present));

  const makeExact = async (recipe: Recipe) => {
    refining = new AbortController();
    const { signal } = refining;
    try {
      await settle(recipe, context.candidates, context.refinements, (requests) =>
        context.engine.call('refine', { requests }, { signal }),
      );
      if (!signal.aborted && history.present === recipe && !dragging) showPresent();
    } catch (error) {
      if (!signal.aborted) set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  const commitRecipe = (recipe: Recipe) => {
    const resolution = show(recipe);
    dragging = false;
    history = commit(history, recipe);
    settlePresent(resolution);
  };

  /** Commits an edit. One that cannot apply (a count is left with fewer weights) is said, and leaves all as it was. */
  const edit = (change: (recipe: Recipe) => Recipe) => {
    try {
      commitRecipe(change(history.present));
    } catch (error) {
      set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  /** Of the tensors in scope, those that are in: an edit of their amount takes no other in. */
  const target = (): EditTarget => {
    const { editScope, selection, checkpoint, settled } = get();
    if (editScope === 'model' || !checkpoint) return { scope: 'model' };
    const ids = editScope === 'layer' ? selection.slice(-1) : selection;
    const owners = new Set(
      ids.map((id) => checkpoint.layers[id]!.sameAs ?? id).filter((id) => settled.outcomes.has(id)),
    );
    return { scope: 'layers', names: [...owners].map((id) => checkpoint.layers[id]!.name) };
  };

  return {
    recipe: history.present,
    resolution: noResolution,
    outcome: modelOutcome([], noResolution),
    settled: noResolution,
    warnings: [],
    canUndo: false,
    canRedo: false,

    setIncluded: (ids, included) => edit((recipe) => setIncluded(recipe, context.candidates, ids, included)),
    setCriterion: (criterion) => edit((recipe) => withCriterion(recipe, context.candidates, target(), criterion)),

    beginGesture: () => {
      dragging = true;
      refining?.abort();
    },
    dragThreshold: (threshold) => {
      if (!dragging) return;
      try {
        show(withThreshold(history.present, context.candidates, target(), threshold));
      } catch (error) {
        dragging = false;
        showPresent();
        set({ status: { kind: 'error', error: asCheckpointError(error) } });
      }
    },
    commitGesture: () => {
      if (dragging) commitRecipe(get().recipe);
    },
    bailGesture: () => {
      if (!dragging) return;
      dragging = false;
      showPresent();
    },

    setThreshold: (threshold) => edit((recipe) => withThreshold(recipe, context.candidates, target(), threshold)),
    setTargetSparsity: (sparsity) => edit((recipe) => withSparsity(recipe, context.candidates, target(), sparsity)),
    resetScope: () => edit((recipe) => reset(recipe, context.candidates, target())),

    undo: () => {
      if (dragging) return;
      history = undo(history);
      showPresent();
    },
    redo: () => {
      if (dragging) return;
      history = redo(history);
      showPresent();
    },

    applyRecipe: commitRecipe,

    history: {
      start: (recipe) => {
        refining?.abort();
        dragging = false;
        history = historyOf(recipe);
        showPresent();
      },
    },
  };
}

export function asCheckpointError(thrown: unknown): CheckpointError {
  return thrown instanceof CheckpointError ? thrown : fromWireError(toWireError(thrown));
}

/** Back to where the page begins: nothing open, nothing to undo. */
import { AnswerCache } from '../engine/recipe/answerCache';
import { initialRecipe } from '../pruning/edit';
import { type CheckpointSlice, nothingOpen } from './checkpointSlice';
import type { StudioContext } from './context';
import type { RecipeHistory, RecipeSlice } from './recipeSlice';
import type { SelectionSlice } from './selectionSlice';
import type { StatusSlice } from './statusSlice';
import type { UnsavedSlice } from './unsaved';

export interface ClosingSlice {
  /** Leaves the open checkpoint without a question. */
  closeCheckpoint(): void;
}

type Known = CheckpointSlice & StatusSlice & SelectionSlice & RecipeSlice & UnsavedSlice;

export function createClosingSlice(context: StudioContext<Known>, history: RecipeHistory): ClosingSlice {
  const { get, set } = context;
  return {
    closeCheckpoint: () => {
      get().cancel();
      context.files = [];
      context.sample = null;
      context.answers = new AnswerCache();
      set({ ...nothingOpen, computing: get().computing, editScope: 'layer', selection: [], savedRecipe: null });
      history.start(initialRecipe());
      set({ status: { kind: 'empty' } });
    },
  };
}

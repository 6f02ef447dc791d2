/** Opening checkpoints, and what goes with them: a recipe, norms of inputs, a reference. */
import { AnswerCache } from '../engine/recipe/answerCache';
import { candidatesOf } from '../engine/recipe/candidates';
import { CheckpointError } from '../lib/errors';
import { namesInWords } from '../lib/fileNames';
import { initialRecipe } from '../pruning/edit';
import { parseRecipe } from '../pruning/parseRecipe';
import { inNetworkOrder } from '../tensors/layerOrder';
import { forgetScoresBy } from './answers';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import { nameToShow, notesOn, sortDropped } from './dropped';
import { openInputNorms } from './inputNorms';
import type { RecipeHistory, RecipeSlice } from './recipeSlice';
import { fetchSample } from './samples';
import type { SelectionSlice } from './selectionSlice';
import type { RunOperation, StatusSlice } from './statusSlice';
import type { UnsavedSlice } from './unsaved';

export interface FileSlice {
  openFiles(files: readonly File[]): Promise<void>;
  /** Fetches `samples/<name>` from our own origin and opens it. */
  openSample(name: string): Promise<void>;
  openReference(file: File): Promise<void>;
}

type Known = CheckpointSlice & StatusSlice & SelectionSlice & RecipeSlice & UnsavedSlice;

export function createFileSlice(context: StudioContext<Known>, run: RunOperation, history: RecipeHistory): FileSlice {
  const { get, set, engine } = context;

  const open = async (files: readonly File[], signal: AbortSignal) => {
    const { checkpoints, norms, recipe, otherRecipes } = await sortDropped(files);
    if (checkpoints.length === 0 && recipe && otherRecipes.length > 0) {
      const names = namesInWords([recipe, ...otherRecipes].map(({ name }) => name));
      throw new CheckpointError('invalid-recipe', `Several recipes were given: ${names}.`, {
        advice: 'Drop the one that is to be applied.',
      });
    }
    if (checkpoints.length > 0) {
      const opened = await engine.call(
        'open',
        { files: checkpoints },
        {
          signal,
          progress: ({ structure, ...progress }) => {
            const { status } = get();
            if (status.kind !== 'opening' || signal.aborted) return;
            set({ status: { ...status, progress, ...(structure && { structure }) } });
          },
        },
      );
      const checkpoint = { ...opened, notes: [...opened.notes, ...notesOn(otherRecipes, recipe)] };
      context.files = checkpoints;
      context.sample = null;
      const candidates = candidatesOf(checkpoint.layers);
      context.answers = new AnswerCache();
      const shown = inNetworkOrder(candidates, checkpoint, ({ id }) => id);
      const first = shown.find(({ byDefault }) => byDefault)?.id ?? checkpoint.layers[0]?.id;
      set({
        opened: checkpoint,
        checkpoint,
        candidates,
        reference: null,
        inputNorms: new Map(),
        editScope: 'layer',
        selection: first === undefined ? [] : [first],
      });
      history.start(initialRecipe());
      get().markSaved();
    }
    const dropped = recipe && parseRecipe(recipe.text);
    for (const file of norms) {
      if (!signal.aborted) await openInputNorms(context, file, dropped ?? get().recipe, signal);
    }
    if (dropped && !signal.aborted) {
      if (!get().checkpoint) {
        throw new CheckpointError('invalid-recipe', 'This is a recipe, and no checkpoint is open to apply it to.', {
          advice: 'Drop the recipe together with a checkpoint.',
        });
      }
      history.apply(dropped);
      // It came with the file.
      if (checkpoints.length > 0) get().markSaved();
    }
  };

  const openReference = async (file: File, signal: AbortSignal) => {
    const reference = await engine.call('openReference', { files: [file] }, { signal });
    forgetScoresBy('reference', context.answers);
    set({ reference });
    history.refresh();
  };

  return {
    openFiles: async (files) => {
      const fileName = nameToShow(files);
      if (fileName === undefined) return;
      await run({ kind: 'opening', fileName, progress: null }, (signal) => open(files, signal));
    },

    openSample: async (name) => {
      await run({ kind: 'opening', fileName: name, progress: null }, async (signal) => {
        await open([await fetchSample(name, signal)], signal);
        context.sample = name;
      });
    },

    openReference: async (file) => {
      await run({ kind: 'opening', fileName: file.name, progress: null }, (signal) => openReference(file, signal));
    },
  };
}

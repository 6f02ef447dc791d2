/** Opening checkpoints, and what goes with them: a recipe, norms of inputs, a reference. */
import { AnswerCache } from '../engine/recipe/answerCache';
import { candidatesOf } from '../engine/recipe/candidates';
import { CheckpointError } from '../lib/errors';
import { initialRecipe } from '../pruning/edit';
import { parseRecipe } from '../pruning/parseRecipe';
import { forgetScoresBy } from './answers';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import { sortDropped } from './dropped';
import { openInputNorms } from './inputNorms';
import type { RecipeHistory, RecipeSlice } from './recipeSlice';
import { fetchSample } from './samples';
import type { SelectionSlice } from './selectionSlice';
import type { RunOperation, StatusSlice } from './statusSlice';

export interface FileSlice {
  openFiles(files: readonly File[]): Promise<void>;
  /** Fetches `samples/<name>` from our own origin and opens it. */
  openSample(name: string): Promise<void>;
  openReference(file: File): Promise<void>;
}

type Known = CheckpointSlice & StatusSlice & SelectionSlice & RecipeSlice;

export function createFileSlice(context: StudioContext<Known>, run: RunOperation, history: RecipeHistory): FileSlice {
  const { get, set, engine } = context;

  const open = async (files: readonly File[], signal: AbortSignal) => {
    const { checkpoints, norms, recipe } = await sortDropped(files);
    if (checkpoints.length > 0) {
      const checkpoint = await engine.call(
        'open',
        { files: checkpoints },
        {
          signal,
          progress: (progress) => {
            const { status } = get();
            if (status.kind === 'opening' && !signal.aborted) set({ status: { ...status, progress } });
          },
        },
      );
      context.file = checkpoints[0]!;
      context.sample = null;
      const candidates = candidatesOf(checkpoint.layers);
      context.answers = new AnswerCache();
      const first = candidates.find((candidate) => candidate.byDefault)?.id ?? checkpoint.layers[0]?.id;
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
    }
    const dropped = recipe === undefined ? undefined : parseRecipe(recipe);
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
      const named = files.find(({ name }) => !/\.(json|norms\.safetensors)$/i.test(name)) ?? files[0];
      if (!named) return;
      await run({ kind: 'opening', fileName: named.name, progress: null }, (signal) => open(files, signal));
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

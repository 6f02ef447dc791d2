/** Opening and exporting: the two operations that take time, can be cancelled and can fail. */
import type { ExportedFile } from '../engine/protocol';
import { AnswerCache } from '../engine/recipe/answerCache';
import { candidatesOf } from '../engine/recipe/candidates';
import { settle } from '../engine/recipe/settle';
import { CheckpointError } from '../lib/errors';
import { initialRecipe } from '../pruning/edit';
import { parseRecipe } from '../pruning/parseRecipe';
import type { Outcome } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import { forgetScoresBy } from './answers';
import type { StudioContext } from './context';
import { sortDropped } from './dropped';
import { openInputNorms } from './inputNorms';
import { asCheckpointError, type RecipeHistory } from './recipeSlice';
import { fetchSample } from './samples';
import type { Progress, Status, StudioState } from './studio';

type FileSlice = Pick<
  StudioState,
  | 'status'
  | 'opened'
  | 'checkpoint'
  | 'candidates'
  | 'reference'
  | 'exportReport'
  | 'sizeEstimates'
  | 'openFiles'
  | 'openSample'
  | 'openReference'
  | 'cancel'
  | 'dismissError'
  | 'showError'
  | 'exportCheckpoint'
  | 'clearExportReport'
  | 'settleExactly'
  | 'exportAs'
  | 'estimateSize'
>;

type Outcomes = ReadonlyMap<TensorId, Outcome>;

export function createFileSlice(context: StudioContext, history: RecipeHistory): FileSlice {
  const { get, set, engine } = context;
  let running: AbortController | undefined;

  const atRest = (): Status => (get().checkpoint ? { kind: 'ready' } : { kind: 'empty' });

  /** Runs one operation under a status; a newer one takes its place. */
  const run = async (status: Status, operation: (signal: AbortSignal) => Promise<void>) => {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    set({ status });
    const superseded = () => running !== controller;
    try {
      await operation(controller.signal);
      if (!superseded()) set({ status: atRest() });
    } catch (thrown) {
      if (superseded()) return;
      const error = asCheckpointError(thrown);
      set({ status: error.code === 'cancelled' ? atRest() : { kind: 'error', error } });
    } finally {
      if (!superseded()) running = undefined;
    }
  };

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
        exportReport: null,
        picture: null,
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
      get().applyRecipe(dropped);
    }
  };

  const exportProgress = (signal: AbortSignal) => (made: Progress) => {
    if (get().status.kind === 'exporting' && !signal.aborted) set({ status: { kind: 'exporting', progress: made } });
  };

  const exactOutcomes = async (signal: AbortSignal): Promise<Outcomes> => {
    const options = { signal, progress: exportProgress(signal) };
    await history.caughtUp(signal, options.progress);
    const { outcomes } = await settle(get().recipe, context.candidates, context.answers, (requests) =>
      engine.call('lookUp', { requests }, options),
    );
    return outcomes;
  };

  const openReference = async (file: File, signal: AbortSignal) => {
    const reference = await engine.call('openReference', { files: [file] }, { signal });
    forgetScoresBy('reference', context.answers);
    set({ reference, picture: null });
    history.refresh();
  };

  return {
    status: { kind: 'empty' },
    opened: null,
    checkpoint: null,
    candidates: [],
    reference: null,
    exportReport: null,
    sizeEstimates: {},

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

    cancel: () => running?.abort(),
    showError: (error) => set({ status: { kind: 'error', error } }),
    dismissError: () => {
      if (get().status.kind === 'error') set({ status: atRest() });
    },

    exportCheckpoint: async (destination) => {
      set({ exportReport: null });
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const outcomes = await exactOutcomes(signal);
        const request = destination ? { outcomes, destination } : { outcomes };
        set({ exportReport: await engine.call('export', request, { signal, progress: exportProgress(signal) }) });
      });
    },
    clearExportReport: () => set({ exportReport: null }),

    settleExactly: async () => {
      let outcomes: Outcomes | undefined;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        outcomes = await exactOutcomes(signal);
      });
      return outcomes;
    },
    exportAs: async (kind) => {
      let made: Required<ExportedFile> | undefined;
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const outcomes = await exactOutcomes(signal);
        made = await engine.call('exportAs', { kind, outcomes }, { signal, progress: exportProgress(signal) });
      });
      return made;
    },
    estimateSize: async (kind) => {
      await run({ kind: 'exporting', progress: null }, async (signal) => {
        const outcomes = await exactOutcomes(signal);
        const options = { signal, progress: exportProgress(signal) };
        const size = await engine.call('estimateSize', { kind, outcomes }, options);
        set({ sizeEstimates: { ...get().sizeEstimates, [kind]: size } });
      });
    },
  };
}

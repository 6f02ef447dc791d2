/** The studio's one store, made of slices. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../engine/client';
import { forcedBackend } from '../engine/page/forcedBackend';
import { createEngineClient } from '../engine/page/startEngine';
import { AnswerCache } from '../engine/recipe/answerCache';
import type { EvaluationClient } from '../evaluation/client';
import { createEvaluationClient } from '../evaluation/page/startEvaluation';
import { found } from '../lib/known';
import { createChannelsSlice } from './channelsSlice';
import { nothingOpen, type OpenedCheckpoint } from './checkpointSlice';
import { createClosingSlice } from './closingSlice';
import { createCompareSlice } from './compareSlice';
import type { Follow, StudioContext } from './context';
import { createEvaluationSlice } from './evaluationSlice';
import { createExportSlice } from './exportSlice';
import { createFileSlice } from './fileSlice';
import { createLeftSlice } from './leftSlice';
import { createNoticeSlice } from './noticeSlice';
import { createPermutationSlice } from './permutationSlice';
import { createPictureSlice } from './pictureSlice';
import { createRecipeSlice } from './recipeSlice';
import { createRepairSlice } from './repairSlice';
import { createSeeing } from './seen';
import { createSelectionSlice } from './selectionSlice';
import { createSlimSlice } from './slimSlice';
import { createSnapshotsSlice } from './snapshotsSlice';
import { createStatusSlice } from './statusSlice';
import type { StudioState } from './studio';
import { createTableSlice } from './tableSlice';
import { createUnderstandingSlice } from './understanding';
import { createUnsavedSlice } from './unsaved';

/** A store over an engine and an evaluation; tests give their own. */
export function createStudio(
  engine: EngineClient,
  evaluation: EvaluationClient = createEvaluationClient(engine),
): StoreApi<StudioState> {
  const follows: Follow<StudioState>[] = [];
  const store = createStore<StudioState>((set, get) => {
    const context: StudioContext<StudioState> = {
      get,
      set,
      engine,
      files: [],
      sample: null,
      get candidates() {
        return get().candidates;
      },
      see: createSeeing(get),
      answers: new AnswerCache(),
      refresh: () => recipe.history.refresh(),
    };
    const status = createStatusSlice(context);
    const recipe = createRecipeSlice(context);
    const exports = createExportSlice(context, status.run, recipe.history);
    const picture = createPictureSlice(context);
    const evaluated = createEvaluationSlice(context, evaluation);
    const repaired = createRepairSlice(context, evaluated.context, recipe.history);
    const channels = createChannelsSlice(context, evaluated.context);
    const slim = createSlimSlice(context, evaluated.context, repaired.calibration, recipe.history);
    const permuting = createPermutationSlice(context, evaluated.context, status.run);
    const understood = createUnderstandingSlice(context, evaluated.context);
    const table = createTableSlice(context);
    const comparing = createCompareSlice(context);
    const snapshots = createSnapshotsSlice(context);
    follows.push(
      table.follow,
      picture.follow,
      exports.follow,
      evaluated.follow,
      repaired.follow,
      channels.follow,
      slim.follow,
      permuting.follow,
      comparing.follow,
      snapshots.follow,
      understood.follow,
    );
    return {
      ...nothingOpen,
      ...status.slice,
      ...createUnsavedSlice(context),
      ...createNoticeSlice(context),
      ...createSelectionSlice(context),
      ...recipe.slice,
      ...createFileSlice(context, status.run, recipe.history),
      ...createClosingSlice(context, recipe.history),
      ...exports.slice,
      ...picture.slice,
      ...createLeftSlice(context),
      ...evaluated.slice,
      ...repaired.slice,
      ...channels.slice,
      ...slim.slice,
      ...permuting.slice,
      ...understood.slice,
      ...table.slice,
      ...comparing.slice,
      ...snapshots.slice,
    };
  });
  store.subscribe((state, previous) => {
    for (const follow of follows) follow(state, previous);
  });
  return store;
}

const backend = forcedBackend(globalThis.location?.search ?? '');
const engine = createEngineClient(backend, {
  computing: (computing) => studio.setState({ computing }),
});

export const studio = createStudio(engine, createEvaluationClient(engine, backend));

/** Starts the engine ahead of the first file. */
export function warmUp(): void {
  engine.warmUp();
}

/** Fetches what the engine's worker left for later. */
export async function fetchEngineRest(): Promise<void> {
  await engine.call('fetchRest', {});
}

export function useStudio<Selected>(selector: (state: StudioState) => Selected): Selected {
  return useStore(studio, selector);
}

/** Of the open checkpoint, in what is on the screen only while there is one. */
export function useCheckpoint<Selected>(selector: (checkpoint: OpenedCheckpoint) => Selected): Selected {
  return useStudio(({ checkpoint }) => selector(found(checkpoint, 'an open checkpoint')));
}

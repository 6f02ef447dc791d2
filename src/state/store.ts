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
import type { StudioContext } from './context';
import { createEvaluationSlice, type FollowState } from './evaluationSlice';
import { createFileSlice } from './fileSlice';
import { createPictureSlice } from './preview';
import { createRecipeSlice } from './recipeSlice';
import { createSeeing } from './seen';
import type { OpenedCheckpoint, StudioState } from './studio';

/** A store over an engine and an evaluation; tests give their own. */
export function createStudio(
  engine: EngineClient,
  evaluation: EvaluationClient = createEvaluationClient(engine),
): StoreApi<StudioState> {
  let follow: FollowState = () => {};
  const store = createStore<StudioState>((set, get) => {
    const context: StudioContext = {
      get,
      set,
      engine,
      file: null,
      sample: null,
      get candidates() {
        return get().candidates;
      },
      see: createSeeing(get),
      answers: new AnswerCache(),
      refresh: () => history.refresh(),
    };
    const { follow: followState, ...evaluationSlice } = createEvaluationSlice(context, evaluation);
    follow = followState;
    const { history, ...recipeSlice } = createRecipeSlice(context);
    return {
      ...recipeSlice,
      ...createFileSlice(context, history),
      ...evaluationSlice,
      ...createPictureSlice(context),

      computing: '',
      inputNorms: new Map(),
      selection: [],
      editScope: 'layer',
      select: (ids, how) => {
        if (how === 'only') {
          set({ selection: ids });
          return;
        }
        const { selection } = get();
        const added = ids.filter((id) => !selection.includes(id));
        const kept = selection.filter((id) => !ids.includes(id));
        // Toggling off the only selected row would leave the editor with nothing to show.
        const next = [...kept, ...added];
        if (next.length > 0) set({ selection: next });
      },
      setEditScope: (editScope) => set({ editScope }),
    };
  });
  store.subscribe((state, previous) => follow(state, previous));
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

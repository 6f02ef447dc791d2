/** The pass over the weights that makes a recipe's figures exact. One at a time. */
import type { Progress } from '../engine/callContext';
import { settle } from '../engine/recipe/settle';
import { asCheckpointError } from '../lib/errors';
import { unlessCancelled } from '../lib/unlessCancelled';
import type { Recipe } from '../pruning/recipe';
import type { Request, Resolution } from '../pruning/resolution';
import type { StudioContext } from './context';
import type { StatusSlice } from './statusSlice';

/** The pass under way, as far as it is. */
export interface PassShown {
  pass: { readonly progress: Progress | null } | null;
}

interface UnderWay {
  readonly stopping: AbortController;
  /** Never rejects. */
  over: Promise<void>;
  /** Who else waits for it. */
  watch?: (made: Progress) => void;
}

export interface ExactPass {
  /** @param found called with the exact resolution, unless the pass was stopped; what goes wrong the status says */
  start(recipe: Recipe, estimate: Resolution, found: (exact: Resolution) => void): void;
  stop(): void;
  /** Waits for the pass, where one is under way. @throws CheckpointError `cancelled` */
  caughtUp(signal: AbortSignal, progress?: (made: Progress) => void): Promise<void>;
}

export function createExactPass(context: StudioContext<PassShown & StatusSlice>): ExactPass {
  const { set, engine } = context;
  let underWay: UnderWay | undefined;

  const run = async (
    recipe: Recipe,
    estimate: Resolution,
    found: (exact: Resolution) => void,
    pass: UnderWay,
  ): Promise<void> => {
    const { signal } = pass.stopping;
    const progress = (made: Progress) => {
      if (signal.aborted) return;
      set({ pass: { progress: made } });
      pass.watch?.(made);
    };
    try {
      // The estimate is drawn before the pass takes all cores.
      await new Promise((resolve) => setTimeout(resolve));
      const ask = (requests: readonly Request[]) => engine.call('lookUp', { requests }, { signal, progress });
      const exact = await settle(recipe, context.candidates, context.answers, ask, estimate);
      context.answers.finishRecipe();
      if (!signal.aborted) found(exact);
    } catch (error) {
      if (!signal.aborted) set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  return {
    start: (recipe, estimate, found) => {
      set({ pass: { progress: null } });
      const pass: UnderWay = { stopping: new AbortController(), over: Promise.resolve() };
      pass.over = run(recipe, estimate, found, pass).finally(() => {
        if (underWay !== pass) return;
        underWay = undefined;
        set({ pass: null });
      });
      underWay = pass;
    },
    stop: () => underWay?.stopping.abort(),
    caughtUp: async (signal, progress) => {
      if (!underWay) return;
      if (progress) underWay.watch = progress;
      await unlessCancelled(underWay.over, signal);
    },
  };
}

/** Long work of which one runs at a time, and says how far it is: repairs, slim models. */
import { asCheckpointError, type CheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';

/** Never a pair of booleans. @typeParam Kind what it is called while it runs */
export type WorkStatus<Kind extends string> =
  | { readonly kind: 'idle' }
  | {
      readonly kind: Kind;
      /** It follows the handle, and nobody asked for it. */
      readonly isLive: boolean;
      /** What is done now, in words: a layer's name, or what comes before and after. */
      readonly step: string;
      readonly done: number;
      readonly total: number;
      /** Undefined until there is something to measure it by. */
      readonly millisecondsLeft?: number;
    }
  /** Nothing came of it, or the recipe changed under it: one sentence. Nothing has changed. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly error: CheckpointError };

/** Of work that runs. */
export type RunningStatus<Kind extends string> = Extract<WorkStatus<Kind>, { readonly step: string }>;

/** @param step in words @param total 0 where that is not known */
export type ShowStep = (step: string, done: number, total: number) => void;

/** @returns what is done with its result, unless something newer runs by then */
export type Work = (signal: AbortSignal, show: ShowStep) => Promise<() => void>;

interface Running {
  readonly recipe: Recipe;
  /** It follows the handle: nobody asked for it. */
  readonly isLive: boolean;
  readonly controller: AbortController;
}

export class StepRunner<Kind extends string> {
  private readonly kind: Kind;
  private readonly setStatus: (status: WorkStatus<Kind>) => void;
  running: Running | undefined;

  constructor(kind: Kind, setStatus: (status: WorkStatus<Kind>) => void) {
    this.kind = kind;
    this.setStatus = setStatus;
  }

  /** Gives up what is under way. */
  rest(status: WorkStatus<Kind> = { kind: 'idle' }): void {
    this.running?.controller.abort();
    this.running = undefined;
    this.setStatus(status);
  }

  /** Never rejects: what goes wrong the status says. */
  async run(recipe: Recipe, isLive: boolean, work: Work): Promise<void> {
    this.running?.controller.abort();
    const mine: Running = { recipe, isLive, controller: new AbortController() };
    this.running = mine;
    this.setStatus({ kind: this.kind, isLive, step: 'getting ready', done: 0, total: 0 });
    try {
      const finish = await work(mine.controller.signal, this.stepsOf(mine));
      if (this.running !== mine) return;
      this.running = undefined;
      this.setStatus({ kind: 'idle' });
      finish();
    } catch (thrown) {
      if (this.running !== mine) return;
      this.running = undefined;
      const error = asCheckpointError(thrown);
      this.setStatus(error.code === 'cancelled' ? { kind: 'idle' } : { kind: 'failed', error });
    }
  }

  /** With what is left by the time that it took so far. */
  private stepsOf({ isLive, controller }: Running): ShowStep {
    let started = performance.now();
    return (step, done, total) => {
      if (controller.signal.aborted) return;
      if (done === 0) started = performance.now();
      const left = done > 0 ? { millisecondsLeft: ((performance.now() - started) / done) * (total - done) } : {};
      this.setStatus({ kind: this.kind, isLive, step, done, total, ...left });
    };
  }
}

/** Repairs run one at a time, and say how far they are. */
import { asCheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';
import type { ShowStep } from './repairRun';
import type { RepairStatus } from './repairState';

/** @returns what is done with its result, unless something newer runs by then */
export type RepairWork = (signal: AbortSignal, show: ShowStep) => Promise<() => void>;

interface Running {
  readonly recipe: Recipe;
  /** It follows the handle: nobody asked for it. */
  readonly isLive: boolean;
  readonly controller: AbortController;
}

export class RepairRunner {
  private readonly setStatus: (status: RepairStatus) => void;
  running: Running | undefined;

  constructor(setStatus: (status: RepairStatus) => void) {
    this.setStatus = setStatus;
  }

  /** Gives up what is under way. */
  rest(status: RepairStatus = { kind: 'idle' }): void {
    this.running?.controller.abort();
    this.running = undefined;
    this.setStatus(status);
  }

  /** Never rejects: what goes wrong the status says. */
  async run(recipe: Recipe, isLive: boolean, work: RepairWork): Promise<void> {
    this.running?.controller.abort();
    const mine: Running = { recipe, isLive, controller: new AbortController() };
    this.running = mine;
    this.setStatus({ kind: 'repairing', isLive, step: 'getting ready', done: 0, total: 0 });
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
      this.setStatus({ kind: 'repairing', isLive, step, done, total, ...left });
    };
  }
}

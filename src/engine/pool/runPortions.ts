/** Hands portions out to workers. */

import { CheckpointError, isWorkerGone } from '../../lib/errors';
import { known } from '../../lib/known';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext, Progress } from '../callContext';
import type { Portion } from './planPortions';
import { PortionQueue } from './portionQueue';

/** Takes one portion at a time. */
export interface PortionWorker<Found> {
  /** Resolves once it can take a portion: never, where it cannot be started. */
  prepare(): Promise<void>;
  /** @throws CheckpointError `worker-crashed` where the portion may be tried again; `prepare` starts another in its place */
  run(portion: Portion, context: CallContext): Promise<Found>;
}

/**
 * Every worker takes the largest portion left until there is none. A portion whose worker crashed is tried once more.
 * @param portions of one pass, in file order
 * @param workers one of them at least is always to be had
 * @returns what was found in each portion, in the order of portions
 * @throws CheckpointError what a worker throws, `cancelled`; all workers have stopped then
 */
export async function runPortions<Found>(
  portions: readonly Portion[],
  workers: readonly PortionWorker<Found>[],
  { signal, progress }: CallContext,
): Promise<Found[]> {
  const stopping = new AbortController();
  const report = new PortionProgress(portions, progress);
  const context = (portion: Portion): CallContext => ({
    signal: AbortSignal.any([signal, stopping.signal]),
    progress: (ofPortion) => report.at(portion, ofPortion),
  });
  const queue = new PortionQueue(portions);
  const found = new Map<Portion, Found>();
  const crashed = new Set<Portion>();

  const runOne = async (worker: PortionWorker<Found>, portion: Portion) => {
    try {
      found.set(portion, await worker.run(portion, context(portion)));
    } catch (thrown) {
      if (!isCrash(thrown) || crashed.has(portion)) throw thrown;
      crashed.add(portion);
      queue.giveBack(portion);
      return;
    }
    report.finished(portion);
    queue.finish();
  };
  const work = async (worker: PortionWorker<Found>) => {
    try {
      for (;;) {
        await Promise.race([worker.prepare(), queue.over]);
        const portion = await queue.take();
        if (!portion) return;
        await runOne(worker, portion);
      }
    } catch (thrown) {
      stopping.abort();
      queue.close();
      throw thrown;
    }
  };

  const endings = await Promise.allSettled(workers.map(work));
  const failed = endings.filter((ending) => ending.status === 'rejected').map(({ reason }) => reason as unknown);
  // Those that were stopped say `cancelled`; the one that had a reason of its own says more.
  if (failed.length > 0) throw failed.find((reason) => !isCancelled(reason)) ?? failed[0];
  return portions.map((portion) => known(found, portion));
}

function isCrash(thrown: unknown): boolean {
  return isWorkerGone(thrown);
}

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof CheckpointError && thrown.code === 'cancelled';
}

/** Adds up how far all workers are. */
class PortionProgress {
  private readonly progress: CallContext['progress'];
  private readonly total: number;
  private stage: Progress['stage'] = 'measuring';
  private readonly done = new Map<Portion, number>();
  /** Portions that are still to come, by tensor. */
  private readonly portionsLeft = new Map<TensorId, number>();
  private readonly tensorsTotal: number;

  constructor(portions: readonly Portion[], progress: CallContext['progress']) {
    this.progress = progress;
    this.total = portions.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const { units } of portions) {
      for (const { tensor } of units) this.portionsLeft.set(tensor, (this.portionsLeft.get(tensor) ?? 0) + 1);
    }
    this.tensorsTotal = this.portionsLeft.size;
  }

  at(portion: Portion, { stage, done, tensor }: Progress): void {
    this.stage = stage;
    this.done.set(portion, done);
    this.say(tensor);
  }

  finished(portion: Portion): void {
    this.done.set(portion, portion.byteLength);
    for (const { tensor } of portion.units) {
      const left = known(this.portionsLeft, tensor) - 1;
      if (left === 0) this.portionsLeft.delete(tensor);
      else this.portionsLeft.set(tensor, left);
    }
    this.say(portion.units.at(-1)?.name);
  }

  private say(tensor: string | undefined): void {
    const { stage, total, tensorsTotal, portionsLeft } = this;
    const done = [...this.done.values()].reduce((sum, ofPortion) => sum + ofPortion, 0);
    const tensorsDone = tensorsTotal - portionsLeft.size;
    this.progress({ stage, done, total, tensorsDone, tensorsTotal, ...(tensor === undefined ? {} : { tensor }) });
  }
}

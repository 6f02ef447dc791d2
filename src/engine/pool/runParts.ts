/** Hands parts out to workers. */
import { CheckpointError } from '../../lib/errors';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext, Progress } from '../callContext';
import { PartQueue } from './partQueue';
import type { Part } from './planParts';

/** Takes one part at a time. */
export interface PartWorker<Found> {
  /** Resolves once it can take a part: never, where it cannot be started. */
  prepare(): Promise<void>;
  /** @throws CheckpointError `worker-crashed` where the part may be tried again; `prepare` starts another in its place */
  run(part: Part, context: CallContext): Promise<Found>;
}

/**
 * Every worker takes the largest part left until there is none. A part whose worker crashed is tried once more.
 * @param parts of one pass, in file order
 * @param workers one of them at least is always to be had
 * @returns what was found in each part, in the order of parts
 * @throws CheckpointError what a worker throws, `cancelled`; all workers have stopped then
 */
export async function runParts<Found>(
  parts: readonly Part[],
  workers: readonly PartWorker<Found>[],
  { signal, progress }: CallContext,
): Promise<Found[]> {
  const stopping = new AbortController();
  const report = new PartProgress(parts, progress);
  const context = (part: Part): CallContext => ({
    signal: AbortSignal.any([signal, stopping.signal]),
    progress: (ofPart) => report.at(part, ofPart),
  });
  const queue = new PartQueue(parts);
  const found = new Map<Part, Found>();
  const crashed = new Set<Part>();

  const runOne = async (worker: PartWorker<Found>, part: Part) => {
    try {
      found.set(part, await worker.run(part, context(part)));
    } catch (thrown) {
      if (!isCrash(thrown) || crashed.has(part)) throw thrown;
      crashed.add(part);
      queue.giveBack(part);
      return;
    }
    report.finished(part);
    queue.finish();
  };
  const work = async (worker: PartWorker<Found>) => {
    try {
      for (;;) {
        await Promise.race([worker.prepare(), queue.over]);
        const part = await queue.take();
        if (!part) return;
        await runOne(worker, part);
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
  return parts.map((part) => found.get(part)!);
}

function isCrash(thrown: unknown): boolean {
  return thrown instanceof CheckpointError && thrown.code === 'worker-crashed';
}

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof CheckpointError && thrown.code === 'cancelled';
}

/** Adds up how far all workers are. */
class PartProgress {
  private readonly progress: CallContext['progress'];
  private readonly total: number;
  private stage: Progress['stage'] = 'measuring';
  private readonly done = new Map<Part, number>();
  /** Parts that are still to come, by tensor. */
  private readonly partsLeft = new Map<TensorId, number>();
  private readonly tensorsTotal: number;

  constructor(parts: readonly Part[], progress: CallContext['progress']) {
    this.progress = progress;
    this.total = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const { units } of parts) {
      for (const { tensor } of units) this.partsLeft.set(tensor, (this.partsLeft.get(tensor) ?? 0) + 1);
    }
    this.tensorsTotal = this.partsLeft.size;
  }

  at(part: Part, { stage, done, tensor }: Progress): void {
    this.stage = stage;
    this.done.set(part, done);
    this.say(tensor);
  }

  finished(part: Part): void {
    this.done.set(part, part.byteLength);
    for (const { tensor } of part.units) {
      const left = this.partsLeft.get(tensor)! - 1;
      if (left === 0) this.partsLeft.delete(tensor);
      else this.partsLeft.set(tensor, left);
    }
    this.say(part.units.at(-1)?.name);
  }

  private say(tensor: string | undefined): void {
    const { stage, total, tensorsTotal, partsLeft } = this;
    const done = [...this.done.values()].reduce((sum, ofPart) => sum + ofPart, 0);
    const tensorsDone = tensorsTotal - partsLeft.size;
    this.progress({ stage, done, total, tensorsDone, tensorsTotal, ...(tensor === undefined ? {} : { tensor }) });
  }
}

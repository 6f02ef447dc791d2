/** The page's side of the engine's protocol: typed calls about the checkpoint opened last, which outlives its worker. */
import { CallClient, type CallOptionsOf, type WorkerLikeOf } from '../lib/calls/client';
import { CheckpointError } from '../lib/errors';
import type { EngineApi, Method, Params, Progress, Result } from './protocol';

export type CallOptions = Omit<CallOptionsOf<Progress>, 'checkpoint'>;
export type WorkerLike = WorkerLikeOf<EngineApi, Progress>;

export class EngineClient {
  private readonly calls: CallClient<EngineApi, Progress>;
  /** Files of the last checkpoint opened, for a worker that starts anew. */
  private openFiles: readonly File[] | undefined;
  /** The call that opened it in the worker at hand. */
  private checkpoint: number | undefined;
  private reopening: Promise<unknown> | undefined;
  /** Called after the worker died: ports given to it are dead, too. */
  onCrash: (() => void) | undefined;

  constructor(startWorker: () => WorkerLike) {
    this.calls = new CallClient(startWorker, 'The part of Secateur that reads files');
    this.calls.onCrash = () => {
      this.checkpoint = undefined;
      this.reopening = undefined;
      this.onCrash?.();
    };
  }

  /** Starts the worker ahead of the first file. */
  warmUp(): void {
    this.calls.warmUp();
  }

  /**
   * @throws CheckpointError whatever the engine threw, `cancelled` as soon as the signal fires, `worker-crashed`
   */
  async call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    if (method === 'open') return (await this.open(params as Params<'open'>, options)) as Result<M>;
    if (this.checkpoint === undefined && this.openFiles) {
      this.reopening ??= this.open({ files: this.openFiles }, {}).finally(() => {
        this.reopening = undefined;
      });
      await unlessCancelled(this.reopening, options.signal);
    }
    return await this.calls.send(method, params, { ...options, checkpoint: this.checkpoint }).result;
  }

  private async open(params: Params<'open'>, options: CallOptions): Promise<Result<'open'>> {
    const { id, result } = this.calls.send('open', params, { ...options, checkpoint: this.checkpoint });
    const opened = await result;
    // A file opened while the last one was opened again takes its place, whichever is done first.
    if (this.checkpoint === undefined || id > this.checkpoint) {
      this.checkpoint = id;
      this.openFiles = params.files;
    }
    return opened;
  }
}

async function unlessCancelled(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  let stop = () => {};
  const cancelled = new Promise<never>((_, reject) => {
    stop = () => reject(new CheckpointError('cancelled', 'Cancelled.'));
  });
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  await Promise.race([work, cancelled]).finally(() => signal?.removeEventListener('abort', stop));
}

/** The client of a real worker. */
export function createEngineClient(): EngineClient {
  return new EngineClient(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'secateur-engine' }),
  );
}

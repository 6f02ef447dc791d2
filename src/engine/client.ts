/** The page's side of the engine's protocol: typed calls about the checkpoint opened last, which outlives its worker. */
import { forcedBackend } from '../kernels/webgpu/choose';
import { CallClient, type CallOptionsOf, type WorkerLikeOf } from '../lib/calls/client';
import { unlessCancelled } from '../lib/unlessCancelled';
import type { EngineApi, FromWorker, Method, Params, Progress, Result, StartWorker, ToWorker } from './protocol';

export type CallOptions = Omit<CallOptionsOf<Progress>, 'checkpoint'>;

/** The part of an engine's Worker that the client uses, so that ports and tests can stand in for one. */
export interface WorkerLike extends Omit<WorkerLikeOf<EngineApi, Progress>, 'postMessage' | 'onmessage'> {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
}

export interface EngineEvents {
  /** What computes: as a worker starts, and whenever it changes. */
  computing?(name: string): void;
}

export class EngineClient {
  private readonly calls: CallClient<EngineApi, Progress>;
  /** Files of the last checkpoint opened, for a worker that starts anew. */
  private openFiles: readonly File[] | undefined;
  /** The call that opened it in the worker at hand. */
  private checkpoint: number | undefined;
  private reopening: Promise<unknown> | undefined;
  /** Called after the worker died: ports given to it are dead, too. */
  onCrash: (() => void) | undefined;

  constructor(startWorker: () => WorkerLike, events: EngineEvents = {}) {
    this.calls = new CallClient(() => listening(startWorker(), events), 'The part of Secateur that reads files');
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

/** The worker as calls see it: what it says of itself goes to `events`. */
function listening(worker: WorkerLike, events: EngineEvents): WorkerLikeOf<EngineApi, Progress> {
  const calls: WorkerLikeOf<EngineApi, Progress> = {
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  worker.onmessage = (event) => {
    if (event.data.type === 'computing') events.computing?.(event.data.name);
    else calls.onmessage?.(event as MessageEvent<Exclude<FromWorker, { type: 'computing' }>>);
  };
  worker.onerror = (event) => calls.onerror?.(event);
  worker.onmessageerror = (event) => calls.onmessageerror?.(event);
  return calls;
}

/** The client of a real worker. @param query of the page: may force a backend */
export function createEngineClient(query: string, events: EngineEvents): EngineClient {
  const backend = forcedBackend(query);
  return new EngineClient(() => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'secateur-engine' });
    worker.postMessage({ type: 'start', backend } satisfies StartWorker);
    return worker;
  }, events);
}

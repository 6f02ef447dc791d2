/** The page's side of the engine's protocol: typed calls about the checkpoint opened last, which outlives its worker. */
import type { CallOptionsOf } from '../lib/calls/caller';
import { CallClient, type WorkerLikeOf } from '../lib/calls/client';
import { isWorkerGone } from '../lib/errors';
import { unlessCancelled } from '../lib/unlessCancelled';
import type { Progress } from './callContext';
import type { Engine, EngineApi, EngineMethod, FromWorker, Params, Result, ToWorker } from './protocol';

export type CallOptions = CallOptionsOf<Progress>;

/** The part of an engine's Worker that the client uses, so that ports and tests can stand in for one. */
export interface WorkerLike extends Omit<WorkerLikeOf<EngineApi, Progress>, 'postMessage' | 'onmessage'> {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
}

export interface EngineEvents {
  /** What computes: as a worker starts, and whenever it changes. */
  computing?(name: string): void;
}

/** Methods that give an open checkpoint something to be scored by or compared with: each in the place of what it gave before. */
const givers = ['openReference', 'openOther', 'setInputNorms', 'setInputMoments'] as const;
type Giver = (typeof givers)[number];

/** The last checkpoint opened, for a worker that starts anew. */
interface Opened {
  readonly files: readonly File[];
  /** What was given beside it. */
  readonly beside: { [M in Giver]?: Params<M> };
}

export class EngineClient implements Engine {
  private readonly calls: CallClient<EngineApi, Progress>;
  private opened: Opened | undefined;
  /** The call that opened it in the worker at hand. */
  private checkpoint: number | undefined;
  private reopening: Promise<void> | undefined;

  constructor(startWorker: () => WorkerLike, events: EngineEvents = {}) {
    this.calls = new CallClient(() => listening(startWorker(), events), 'The part of Secateur that reads files');
    this.calls.onCrash(() => {
      this.checkpoint = undefined;
      this.reopening = undefined;
    });
  }

  /** @param listener called after the worker died: ports given to it are dead, too @returns ends that */
  onCrash(listener: () => void): () => void {
    return this.calls.onCrash(listener);
  }

  /** Starts the worker ahead of the first file. */
  warmUp(): void {
    this.calls.warmUp();
  }

  /**
   * @throws CheckpointError whatever the engine threw, `cancelled` as soon as the signal fires, `worker-crashed`
   */
  async call<M extends EngineMethod>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    if (method === 'open') return (await this.open(params as Params<'open'>, options)).result as Result<M>;
    if (this.opened && this.checkpoint === undefined && !this.reopening) {
      const reopening = this.reopen(this.opened).finally(() => {
        if (this.reopening === reopening) this.reopening = undefined;
      });
      this.reopening = reopening;
    }
    if (this.reopening) await unlessCancelled(this.reopening, options.signal);
    const { opened, checkpoint } = this;
    const result = await this.calls.send(method, params, { ...options, about: checkpoint }).result;
    if (opened && isGiver(method)) Object.assign(opened.beside, { [method]: params });
    return result;
  }

  /** @param beside of the same files, where they were open before */
  private async open(
    params: Params<'open'>,
    options: CallOptions,
    beside?: Opened['beside'],
  ): Promise<{ id: number; result: Result<'open'> }> {
    const { id, result } = this.calls.send('open', params, { ...options, about: this.checkpoint });
    const opened = await result;
    // A file opened while the last one was opened again takes its place, whichever is done first.
    if (this.checkpoint === undefined || id > this.checkpoint) {
      this.checkpoint = id;
      this.opened = { files: params.files, beside: beside ?? {} };
      if (!beside) this.reopening = undefined;
    }
    return { id, result: opened };
  }

  /** Opens the last checkpoint in a worker that has just started, and gives what was given beside it. */
  private async reopen({ files, beside }: Opened): Promise<void> {
    const { id } = await this.open({ files }, {}, beside);
    for (const method of givers) if (this.checkpoint === id) await this.giveAgain(method, beside, id);
  }

  private async giveAgain(method: Giver, beside: Opened['beside'], checkpoint: number): Promise<void> {
    const params = beside[method];
    if (!params) return;
    try {
      await this.calls.send(method, params, { about: checkpoint }).result;
    } catch (error) {
      if (isWorkerGone(error)) throw error;
      // A reference that can no longer be read: the checkpoint goes on without, and what needs it says so.
      delete beside[method];
    }
  }
}

function isGiver(method: EngineMethod): method is Giver {
  return (givers as readonly EngineMethod[]).includes(method);
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

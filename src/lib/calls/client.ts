/** The caller's side of the protocol: typed calls that always settle, and a worker that is replaced when it dies. */

import { CheckpointError, fromWireError, notFetched } from '../errors';
import { found } from '../known';
import type { CallOptionsOf } from './caller';
import type { AnswerMessage, Api, CallMessage, CancelMessage, ParamsOf, ResultOf } from './protocol';

interface SendOptions<Progress> extends CallOptionsOf<Progress> {
  /** See CallMessage. */
  about?: number | undefined;
}

/** The part of a Worker that the client uses, so that ports and tests can stand in for one. */
export interface WorkerLikeOf<Methods extends Api<Methods>, Progress> {
  postMessage(message: CallMessage<Methods> | CancelMessage, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<AnswerMessage<Methods, Progress>>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

interface Pending<Result, Progress> {
  resolve(result: Result): void;
  reject(error: CheckpointError): void;
  progress: ((progress: Progress) => void) | undefined;
}

export class CallClient<Methods extends Api<Methods>, Progress> {
  private readonly startWorker: () => WorkerLikeOf<Methods, Progress>;
  private readonly workerName: string;
  private worker: WorkerLikeOf<Methods, Progress> | undefined;
  private readonly pending = new Map<number, Pending<ResultOf<Methods, keyof Methods>, Progress>>();
  private nextId = 1;
  /** Whether the worker at hand has said anything. */
  private isAlive = false;
  private readonly crashListeners = new Set<() => void>();

  /** @param workerName what the worker is to a user, for the error when it dies: `The part of Secateur that reads files` */
  constructor(startWorker: () => WorkerLikeOf<Methods, Progress>, workerName: string) {
    this.startWorker = startWorker;
    this.workerName = workerName;
  }

  /**
   * @returns the call's number, and its result, which rejects with a CheckpointError: whatever the handler threw,
   *   `cancelled` as soon as the signal fires, `worker-crashed`
   */
  send<M extends keyof Methods>(
    method: M,
    params: ParamsOf<Methods, M>,
    options: SendOptions<Progress> = {},
  ): { id: number; result: Promise<ResultOf<Methods, M>> } {
    this.warmUp();
    const id = this.nextId++;
    return { id, result: this.post(id, method, params, options) };
  }

  private post<M extends keyof Methods>(
    id: number,
    method: M,
    params: ParamsOf<Methods, M>,
    { signal, progress, transfer = [], about }: SendOptions<Progress>,
  ): Promise<ResultOf<Methods, M>> {
    return new Promise<ResultOf<Methods, M>>((resolve, reject) => {
      const cancelled = () => {
        // Settles at once; the worker's own answer, when it comes, finds nobody waiting.
        this.pending.delete(id);
        this.worker?.postMessage({ type: 'cancel', id }, []);
        reject(new CheckpointError('cancelled', 'Cancelled.'));
      };
      if (signal?.aborted) {
        cancelled();
        return;
      }
      signal?.addEventListener('abort', cancelled, { once: true });
      const settled = () => signal?.removeEventListener('abort', cancelled);
      this.pending.set(id, {
        progress,
        resolve: (result) => {
          settled();
          resolve(result as ResultOf<Methods, M>);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      try {
        const message = { type: 'call', id, method, params, ...(about === undefined ? {} : { about }) };
        found(this.worker, 'a worker').postMessage(message as CallMessage<Methods>, transfer);
      } catch (cause) {
        this.pending.delete(id);
        settled();
        reject(
          new CheckpointError(
            'internal',
            `The request could not be sent to the worker: ${String(cause)}`,
            {},
            { cause },
          ),
        );
      }
    });
  }

  /** @param listener called after the worker died and all that waited was rejected @returns ends that */
  onCrash(listener: () => void): () => void {
    this.crashListeners.add(listener);
    return () => this.crashListeners.delete(listener);
  }

  /** Starts the worker ahead of the first call, which then finds it ready. */
  warmUp(): void {
    if (!this.worker) this.start();
  }

  /** Ends the worker and rejects all that waits as cancelled; the next call starts another. */
  terminate(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.rejectAll(() => new CheckpointError('cancelled', 'Cancelled.'));
  }

  private start(): void {
    const worker = this.startWorker();
    this.worker = worker;
    this.isAlive = false;
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = ({ message }) => {
      // What fails before its first word, without a word on why, did not arrive.
      if (!message && !this.isAlive) this.gone(notFetched(this.workerName));
      else this.crashed(message || 'it stopped without saying why');
    };
    worker.onmessageerror = () => this.crashed('a message could not be read');
  }

  private receive(message: AnswerMessage<Methods, Progress>): void {
    this.isAlive = true;
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.progress?.(message.progress);
      return;
    }
    this.pending.delete(message.id);
    if (message.type === 'result') call.resolve(message.result);
    else call.reject(fromWireError(message.error));
  }

  private crashed(reason: string): void {
    this.gone(
      new CheckpointError('worker-crashed', `${this.workerName} crashed: ${reason}.`, {
        advice: 'Try again; it has been restarted.',
      }),
    );
  }

  private gone(error: CheckpointError): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.rejectAll(() => error);
    for (const listener of this.crashListeners) listener();
  }

  private rejectAll(error: () => CheckpointError): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const call of waiting) call.reject(error());
  }
}

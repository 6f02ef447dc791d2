/** The page's side of the evaluation worker: typed calls, and the wire to the engine. */
import type { EngineClient } from '../engine/client';
import type { CallOptionsOf } from '../lib/calls/caller';
import { CallClient, type WorkerLikeOf } from '../lib/calls/client';
import type { ParamsOf, ResultOf } from '../lib/calls/protocol';
import { CheckpointError } from '../lib/errors';
import type { EvaluationApi, EvaluationCalls, EvaluationProgress, Runtime } from './protocol';

export type EvaluationCallOptions = CallOptionsOf<EvaluationProgress>;
export type EvaluationWorker = WorkerLikeOf<EvaluationApi, EvaluationProgress>;

export class EvaluationClient implements EvaluationCalls {
  private readonly calls: CallClient<EvaluationApi, EvaluationProgress>;
  private readonly engine: EngineClient;
  private readonly backend: Runtime['backend'] | undefined;
  private connected = false;
  private connecting: Promise<void> | undefined;

  /** @param backend which is forced; absent: WebGPU where there is an adapter worth it */
  constructor(startWorker: () => EvaluationWorker, engine: EngineClient, backend?: Runtime['backend']) {
    this.engine = engine;
    this.backend = backend;
    this.calls = new CallClient(startWorker, 'The part of Secateur that runs models');
    this.calls.onCrash(() => this.disconnect());
    engine.onCrash(() => {
      if (!this.connected) return;
      this.disconnect();
      // What waits for the engine that died is given up when the port to the next one arrives.
      void this.connect().catch(() => {});
    });
  }

  /** The next call connects anew: a connection is with one worker, and about the checkpoint that was open then. */
  disconnect(): void {
    this.connected = false;
    this.connecting = undefined;
  }

  /** @throws CheckpointError whatever the evaluation threw, `cancelled`, `worker-crashed` */
  async call<M extends keyof EvaluationApi>(
    method: M,
    params: ParamsOf<EvaluationApi, M>,
    options: EvaluationCallOptions = {},
  ): Promise<ResultOf<EvaluationApi, M>> {
    if (!this.connected && method !== 'close') await this.connect();
    try {
      return await this.calls.send(method, params, options).result;
    } catch (error) {
      // A worker remembers that a module did not arrive, and so does ONNX Runtime: the next one asks for it again.
      if (error instanceof CheckpointError && error.code === 'not-fetched') {
        this.calls.terminate();
        this.disconnect();
      }
      throw error;
    }
  }

  /** Calls that come meanwhile wait for the same connection. */
  private async connect(): Promise<void> {
    const connecting = this.connecting ?? this.join();
    this.connecting = connecting;
    try {
      await connecting;
      // Unless it was disconnected meanwhile: then the connection is about a checkpoint that is gone.
      if (this.connecting === connecting) this.connected = true;
    } finally {
      if (this.connecting === connecting) this.connecting = undefined;
    }
  }

  private async join(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await this.engine.call('connect', { port: port1 }, { transfer: [port1] });
    await this.calls.send('connect', { port: port2, backend: this.backend }, { transfer: [port2] }).result;
  }
}

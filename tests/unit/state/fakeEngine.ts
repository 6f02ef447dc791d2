/** An engine of which every answer is the test's, and a small checkpoint for it to have opened. */

import type { Progress } from '../../../src/engine/callContext';
import { EngineClient, type WorkerLike } from '../../../src/engine/client';
import type { Layer, OpenedCheckpoint } from '../../../src/engine/opened';
import type { EngineMethod, FromWorker, Params, Result, ToWorker } from '../../../src/engine/protocol';
import type { EvaluationClient } from '../../../src/evaluation/client';
import { type CheckpointError, toWireError } from '../../../src/lib/errors';
import type { Request } from '../../../src/pruning/resolution';
import { createStudio } from '../../../src/state/store';
import { bytesOf } from '../kernels/support';
import { kernels, measured } from '../pruning/support';

/** A call that waits to be answered. */
export interface Call<M extends EngineMethod = EngineMethod> {
  readonly method: M;
  readonly params: Params<M>;
  isCancelled: boolean;
  progress(progress: Progress): void;
  answer(result: Result<M>): void;
  fail(error: CheckpointError): void;
}

/** One worker after the other: a new one when the last has crashed. */
export class FakeEngine {
  readonly client: EngineClient;
  readonly calls: Call[] = [];
  private worker: WorkerLike | undefined;

  constructor() {
    this.client = new EngineClient(() => {
      this.worker = this.start();
      return this.worker;
    });
  }

  /** The call made last, once it is there. */
  async last<M extends EngineMethod>(method: M): Promise<Call<M>> {
    await settled();
    const call = this.calls.at(-1);
    if (call?.method !== method) throw new Error(`The last call is ${call?.method ?? 'none'}, not ${method}.`);
    return call as unknown as Call<M>;
  }

  crash(): void {
    this.worker!.onerror?.({ message: 'out of memory' } as ErrorEvent);
  }

  private start(): WorkerLike {
    const waiting = new Map<number, Call>();
    const worker: WorkerLike = {
      onmessage: null,
      onerror: null,
      onmessageerror: null,
      terminate: () => {},
      postMessage: (message: ToWorker) => {
        const { id } = message;
        if (message.type === 'cancel') {
          waiting.get(id)!.isCancelled = true;
          return;
        }
        const post = (answer: FromWorker) => worker.onmessage?.({ data: answer } as MessageEvent<FromWorker>);
        const call: Call = {
          method: message.method,
          params: message.params,
          isCancelled: false,
          progress: (progress) => post({ type: 'progress', id, progress }),
          answer: (result) => post({ type: 'result', id, result }),
          fail: (error) => post({ type: 'error', id, error: toWireError(error) }),
        };
        waiting.set(id, call);
        this.calls.push(call);
      },
    };
    return worker;
  }
}

/** Lets everything run that waits for nothing but its turn: reading a dropped file takes more than one. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const weights: Readonly<Record<string, readonly number[]>> = {
  // All in one fine bin: half of them is an exact amount that takes a look into it.
  'conv.weight': [0, 1, 2, 3, 4, 5, 6, 7].map((step) => (step % 2 ? -1 : 1) * (0.5 + step * 2 ** -12)),
  'norm.weight': [1, 1, 1, 1],
  'fc.weight': [0.15, -0.25, 0.35, -0.45],
};

const bytes = Object.values(weights).map((values) => bytesOf('F32', values));

function layer(id: number, name: string, about: Partial<Layer> = {}): Layer {
  const numel = bytes[id]!.length / 4;
  return {
    id,
    name,
    container: '',
    kind: 'linear',
    dtype: 'F32',
    shape: [numel],
    numel,
    alsoNamed: [],
    prunable: true,
    byDefault: true,
    statistics: measured('F32', bytes[id]!),
    ...about,
  };
}

/** Three tensors, one of them off by default. */
export function checkpoint(fileName: string): OpenedCheckpoint {
  return {
    fileName,
    parts: [{ name: fileName, start: 0, end: 64 }],
    size: 64,
    format: 'safetensors',
    can: { stateDict: 'safetensors', script: 'safetensors' },
    layers: [
      layer(0, 'conv.weight'),
      layer(1, 'norm.weight', { kind: 'norm', byDefault: false, reason: 'normalisation: off by default' }),
      layer(2, 'fc.weight'),
    ],
    models: [{ id: '', title: '', layers: 2, weights: 12 }],
    notes: [],
  };
}

/** What looking into the bins of that checkpoint gives. */
export function refined(requests: readonly Request[]) {
  return requests.map((request) => {
    if (request.kind !== 'bin') throw new Error(`Only bins are known here, not ${request.kind}.`);
    const { tensor, bin } = request;
    const accumulator = kernels.refineBin('F32', bin);
    accumulator.add(bytes[tensor]!);
    return accumulator.finish();
  });
}

export function file(name: string, text = ''): File {
  return new File([text], name);
}

/** A studio over a fake engine. @param evaluation absent: one that nothing is asked of */
export function newStudio(evaluation?: EvaluationClient) {
  const engine = new FakeEngine();
  const studio = createStudio(engine.client, evaluation);
  const open = async (fileName = 'model.safetensors') => {
    const opening = studio.getState().openFiles([file(fileName)]);
    (await engine.last('open')).answer(checkpoint(fileName));
    await opening;
  };
  return { engine, studio, open };
}

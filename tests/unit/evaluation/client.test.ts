import { describe, expect, it, vi } from 'vitest';
import { EngineClient, type WorkerLike } from '../../../src/engine/client';
import { dispatcher } from '../../../src/engine/dispatch';
import { createEngine } from '../../../src/engine/engine';
import type { CheckpointTensor } from '../../../src/evaluation/protocol';
import { loadWasmKernels } from '../../support/kernels';
import { evaluationInThread, sampleFile } from '../../support/studio';

describe('the evaluation of an engine that dies', () => {
  it('gives up what waits for it, and goes on with the next one', async () => {
    const workers: WorkerLike[] = [];
    let stuck = false;
    let asked = 0;
    const engine = new EngineClient(() => {
      const worker: WorkerLike = {
        postMessage: (message) => queueMicrotask(() => receive(message)),
        terminate: () => {},
        onmessage: null,
        onerror: null,
        onmessageerror: null,
      };
      const makeEngine = () => {
        const handlers = createEngine(loadWasmKernels());
        const { weights } = handlers;
        handlers.weights = (...request) => {
          asked++;
          return stuck ? new Promise(() => {}) : weights(...request);
        };
        return handlers;
      };
      const receive = dispatcher(Promise.resolve(makeEngine), (data) =>
        queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent)),
      );
      workers.push(worker);
      return worker;
    });
    const client = evaluationInThread(engine, 'inputs');
    const model = sampleFile('digits-cnn.onnx');
    const { layers } = await engine.call('open', { files: [model] });
    const tensors: readonly CheckpointTensor[] = layers;
    await client.call('openGraph', { files: [model], isCheckpoint: true, tensors });
    await client.call('setInputs', { source: { kind: 'random', seed: 1, dimensions: {} } });
    const { id } = layers.find(({ name }) => name === 'fc1.weight')!;
    const all = {
      kind: 'threshold',
      score: { criterion: 'magnitude' },
      threshold: 1,
      ties: Number.POSITIVE_INFINITY,
    } as const;
    const outcomes = new Map([
      [
        id,
        {
          rule: 0,
          program: [all],
          placement: all,
          pruned: 98_304,
          zeros: 98_304,
          exact: true,
        } as const,
      ],
    ]);

    stuck = true;
    const waiting = client.call('evaluate', { outcomes });
    const settled = Promise.allSettled([waiting]);
    await vi.waitFor(() => expect(asked).toBe(1));
    stuck = false;
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    expect((await settled)[0]).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });

    const { outputs } = await client.call('evaluate', { outcomes });
    expect(outputs[0]!.relativeL2).toBeGreaterThan(0.5);
    expect(workers).toHaveLength(2);
  });
});

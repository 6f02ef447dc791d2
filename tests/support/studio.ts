/** The studio's store in Node: both workers' code runs in this thread, behind the same messages. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EngineClient, type WorkerLike } from '../../src/engine/client';
import { dispatcher } from '../../src/engine/dispatch';
import { createEngine } from '../../src/engine/worker/engine';
import { EvaluationClient, type EvaluationWorker } from '../../src/evaluation/client';
import { createEvaluation } from '../../src/evaluation/evaluation';
import type { Delivery, EvaluationApi, EvaluationProgress } from '../../src/evaluation/protocol';
import { loadRuntime } from '../../src/evaluation/runtime';
import { answerCalls } from '../../src/lib/calls/dispatch';
import { createStudio } from '../../src/state/store';
import { loadWasmKernels } from './kernels';

export const samples = join(import.meta.dirname, '../../public/samples');

export function fileOf(path: string): File {
  return new File([readFileSync(path)], basename(path));
}

export function sampleFile(name: string): File {
  return fileOf(join(samples, name));
}

export function engineInThread(): EngineClient {
  return new EngineClient(() => {
    const worker = idleWorker() as WorkerLike;
    const receive = dispatcher(
      Promise.resolve(() => createEngine(loadWasmKernels())),
      (data) => queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent)),
    );
    worker.postMessage = (message) => queueMicrotask(() => receive(message));
    return worker;
  });
}

export function evaluationInThread(engine: EngineClient, delivery?: Delivery): EvaluationClient {
  return new EvaluationClient(() => {
    const worker = idleWorker() as EvaluationWorker;
    const handlers = createEvaluation({
      loadRuntime,
      decodeImage: async (_, place) => ({ pixels: new Uint8Array(), placement: place({ width: 1, height: 1 }) }),
      ...(delivery && { delivery }),
    });
    const receive = answerCalls<EvaluationApi, EvaluationProgress>(
      async () => handlers,
      (data) => queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent)),
    );
    worker.postMessage = (message) => queueMicrotask(() => receive(message));
    return worker;
  }, engine);
}

function idleWorker() {
  return { postMessage: () => {}, terminate: () => {}, onmessage: null, onerror: null, onmessageerror: null };
}

/** @param delivery how weights reach sessions: not measured, so that tests are alike on every machine */
export function studioInThread(delivery: Delivery = 'inputs') {
  const engine = engineInThread();
  return createStudio(engine, evaluationInThread(engine, delivery));
}

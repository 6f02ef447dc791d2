/** The worker: glue between messages and the evaluation. */

import webgpuMjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import webgpuWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { answerCalls } from '../../lib/calls/dispatch';
import type { CallMessage } from '../../lib/calls/protocol';
import { createEvaluation } from '../evaluation';
import type { EvaluationApi, EvaluationProgress } from '../protocol';
import { loadRuntime } from '../runtime';
import { decodeImage } from './decodeImage';
import { coresForThreads, hasGpu, isOnline } from './machine';

const files = {
  wasm: { mjs: mjsUrl, wasm: wasmUrl },
  webgpu: { mjs: webgpuMjsUrl, wasm: webgpuWasmUrl },
};
const means = { files, cores: coresForThreads(), hasGpu, isOnline };
const handlers = createEvaluation({ loadRuntime: (forced) => loadRuntime(forced, means), decodeImage });
const receive = answerCalls<EvaluationApi, EvaluationProgress>(
  async () => handlers,
  (message, transfer) => postMessage(message, { transfer }),
);

self.addEventListener('message', (event: MessageEvent<CallMessage<EvaluationApi>>) => receive(event.data));

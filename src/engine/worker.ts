/** The worker: glue between messages and the engine. */
import kernelsUrl from '../kernels/wasm/kernels.wasm?url';
import { createWasmKernels } from '../kernels/wasm/wasmKernels';
import { dispatcher } from './dispatch';
import { createEngine } from './engine';
import type { ToWorker } from './protocol';

const makeEngine = WebAssembly.compileStreaming(fetch(kernelsUrl)).then((module) => {
  const kernels = createWasmKernels(module);
  return () => createEngine(kernels);
});
const receive = dispatcher(makeEngine, (message, transfer) => postMessage(message, { transfer }));

self.addEventListener('message', (event: MessageEvent<ToWorker>) => receive(event.data));

/** The worker: glue between messages and the engine. */
import type { Backend } from '../../kernels/backend';
import type { Kernels } from '../../kernels/kernels';
import kernelsUrl from '../../kernels/wasm/kernels.wasm?url';
import { createWasmKernels } from '../../kernels/wasm/wasmKernels';
import { later } from '../../lib/later';
import type { WorkerLike } from '../client';
import { dispatcher } from '../dispatch';
import { createEngine } from '../engine';
import { passesKeeping } from '../pictures/weightsOnGpu';
import { WorkerPool } from '../pool/workerPool';
import type { FromWorker, Handlers, StartWorker, ToWorker } from '../protocol';
import { bytesForWeights, WeightMemory } from '../reading/weightMemory';
import type { Backends } from './gpuBackend';

let start: (backend: Backend | undefined) => void;
const engine = new Promise<Backend | undefined>((resolve) => {
  start = resolve;
}).then(createWorkerEngine);
const receive = dispatcher(engine, post);

self.addEventListener('message', ({ data }: MessageEvent<StartWorker | ToWorker>) => {
  if (data.type === 'start') start(data.backend);
  else receive(data);
});

let computing = () => '';
let said = '';

async function createWorkerEngine(backend: Backend | undefined): Promise<() => Handlers> {
  const wasm = createWasmKernels(await WebAssembly.compileStreaming(fetch(kernelsUrl)));
  const { kernels, onGpu, measuresOnGpu } = (await kernelsOnGpu(wasm, backend)) ?? onlyWasm(wasm);
  const pool = new WorkerPool({
    cores: navigator.hardwareConcurrency,
    startWorker: startHelper,
    grown: sayWhatComputes,
  });
  computing = () => (kernels.name === wasm.name && pool.size > 1 ? `${kernels.name} × ${pool.size}` : kernels.name);
  sayWhatComputes();
  const memory = new WeightMemory(bytesForWeights(deviceMemory()));
  const passesOver = (file: Blob) => (onGpu && measuresOnGpu() ? passesKeeping(onGpu) : pool.passesOver(file));
  return () => createEngine(kernels, { passesOver, memory, onGpu });
}

const gpuBackend = later(() => import('./gpuBackend'));

/** @returns undefined where there is no GPU, which is soon said, or it is not wanted */
async function kernelsOnGpu(wasm: Kernels, backend: Backend | undefined): Promise<Backends | undefined> {
  if (backend === 'wasm' || !(await navigator.gpu?.requestAdapter().catch(() => null))) return undefined;
  return (await gpuBackend()).backendsOf(wasm, navigator.gpu, backend);
}

function onlyWasm(kernels: Kernels): Backends {
  return { kernels, onGpu: undefined, measuresOnGpu: () => false };
}

/** In GiB, rounded; Chromium's alone, and not in TypeScript's list. */
function deviceMemory(): number | undefined {
  return (navigator as { deviceMemory?: number }).deviceMemory;
}

/** The same script once more; what it does is asked of it part by part. */
function startHelper(): WorkerLike {
  const helper = new Worker(location.href, { type: 'module', name: 'secateur-helper' });
  helper.postMessage({ type: 'start', backend: 'wasm' } satisfies StartWorker);
  return helper;
}

function post(message: FromWorker, transfer: Transferable[]): void {
  // A GPU may have been lost.
  sayWhatComputes();
  postMessage(message, { transfer });
}

function sayWhatComputes(): void {
  const name = computing();
  if (name === said) return;
  said = name;
  postMessage({ type: 'computing', name } satisfies FromWorker);
}

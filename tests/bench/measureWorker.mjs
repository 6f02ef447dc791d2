/** A worker of kernels.mjs: measures f32 weights that it holds itself, each time it is asked. */
import { parentPort, workerData } from 'node:worker_threads';

const kernels = new WebAssembly.Instance(workerData.module).exports;
const block = new Uint8Array(kernels.memory.buffer, kernels.BLOCK.value, kernels.BLOCK_BYTES.value);
const weights = new Uint8Array(workerData.bytes);
const pattern = Float32Array.from({ length: 2 ** 16 }, () => (Math.random() + Math.random() - 1) * 0.05);
for (let at = 0; at < weights.length; at += pattern.byteLength) {
  weights.set(new Uint8Array(pattern.buffer).subarray(0, weights.length - at), at);
}

parentPort.on('message', () => {
  for (let at = 0; at < weights.length; at += block.length) {
    const part = weights.subarray(at, at + block.length);
    block.set(part);
    kernels.measureF32(part.length / 4, 0);
  }
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');

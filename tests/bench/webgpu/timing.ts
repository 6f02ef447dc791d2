/** Clocks: the GPU's own where it has timestamps, the host's elsewhere. */
import { usage } from './recorder';

const mapRead = 0x1;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Bytes a millisecond, as GB/s. */
export function rate(bytes: number, milliseconds: number): number {
  return bytes / milliseconds / 1e6;
}

/** @returns milliseconds, median of the runs after a first one. @param prepare before each, not timed */
export async function timeRuns(
  runs: number,
  work: () => Promise<void>,
  prepare: () => void = () => {},
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    prepare();
    const start = performance.now();
    await work();
    if (run > 0) times.push(performance.now() - start);
  }
  return median(times);
}

/** @returns milliseconds of one compute pass, by timestamps; without them until the queue is done */
export async function timedPass(device: GPUDevice, encode: (pass: GPUComputePassEncoder) => void): Promise<number> {
  if (!device.features.has('timestamp-query')) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encode(pass);
    pass.end();
    const commands = encoder.finish();
    const start = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: usage.queryResolve | usage.copySource });
  const read = device.createBuffer({ size: 16, usage: mapRead | usage.copyDestination });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass({
    timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
  });
  encode(pass);
  pass.end();
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, read, 0, 16);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(mapRead);
  const [start, end] = new BigUint64Array(read.getMappedRange());
  const milliseconds = Number(end! - start!) / 1e6;
  for (const owned of [querySet, resolved, read]) owned.destroy();
  return milliseconds;
}

/** Does what was recorded again and again, on many copies of the weights: more than any cache holds. */
import { type Recorder, usage } from './recorder';
import { median, timedPass } from './timing';

export interface Copies {
  /** Of the weights, in buffers of their own, which the work goes over in turn. */
  readonly count: number;
  readonly passes: number;
}

/**
 * @param elements what was uploaded as weights: the buffer that held them is replaced by each of the copies
 * @returns milliseconds on the GPU for one copy: median of the passes, the first left out
 */
export async function timeReplay(recorder: Recorder, elements: Uint8Array, { count, passes }: Copies): Promise<number> {
  const { device } = recorder;
  const dispatches = [...recorder.dispatches];
  const weights = [...recorder.written].find(([, bytes]) => bytes.length === elements.length)?.[0];
  if (!weights || dispatches.length === 0) throw new Error('There was nothing to replay.');

  const made: GPUBuffer[] = [];
  const create = (size: number) => {
    const buffer = device.createBuffer({ size, usage: usage.storage | usage.copySource | usage.copyDestination });
    made.push(buffer);
    return buffer;
  };
  const pristine = create(elements.length);
  device.queue.writeBuffer(pristine, 0, elements as Uint8Array<ArrayBuffer>);
  const copies = Array.from({ length: count }, () => create(elements.length));
  // Buffers that the job borrowed may be gone; what it wrote into them is not.
  const others = new Map<GPUBuffer, GPUBuffer>();
  const standIn = (buffer: GPUBuffer) => {
    const known = others.get(buffer);
    if (known) return known;
    const other = device.createBuffer({ size: buffer.size, usage: buffer.usage | usage.copyDestination });
    made.push(other);
    others.set(buffer, other);
    const bytes = recorder.written.get(buffer);
    if (bytes) device.queue.writeBuffer(other, 0, bytes as Uint8Array<ArrayBuffer>);
    return other;
  };
  const steps = copies.flatMap((copy) =>
    dispatches.map(({ pipeline, bindings, workgroups }) => {
      const entries = bindings.map(({ binding, buffer }) => ({
        binding,
        resource: { buffer: buffer === weights ? copy : standIn(buffer) },
      }));
      return {
        pipeline,
        workgroups,
        group: device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }),
      };
    }),
  );
  try {
    const times: number[] = [];
    for (let pass = 0; pass <= passes; pass++) {
      const restoring = device.createCommandEncoder();
      for (const copy of copies) restoring.copyBufferToBuffer(pristine, 0, copy, 0, elements.length);
      device.queue.submit([restoring.finish()]);
      await device.queue.onSubmittedWorkDone();
      const milliseconds = await timedPass(device, (encoder) => {
        for (const { pipeline, group, workgroups } of steps) {
          encoder.setPipeline(pipeline);
          encoder.setBindGroup(0, group);
          encoder.dispatchWorkgroups(workgroups);
        }
      });
      if (pass > 0) times.push(milliseconds / count);
    }
    return median(times);
  } finally {
    for (const buffer of made) buffer.destroy();
  }
}

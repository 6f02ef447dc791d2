/**
 * Stands in for `navigator.gpu` and takes down what a GpuDevice dispatches, so that the very same work can be done again
 * on buffers that stay on the GPU, and timed there.
 */

/** GPUBufferUsage of the specification: TypeScript's library does not declare it. */
export const usage = { copySource: 0x4, copyDestination: 0x8, storage: 0x80, queryResolve: 0x200 } as const;

export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: readonly { readonly binding: number; readonly buffer: GPUBuffer }[];
  readonly workgroups: number;
}

/** A device that has timestamps, where there are any. */
export async function requestDevice(gpu: GPU): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  return adapter.requestDevice({ requiredFeatures: timestampsOf(adapter) });
}

function timestampsOf({ features }: GPUAdapter): GPUFeatureName[] {
  return features.has('timestamp-query') ? ['timestamp-query'] : [];
}

/** Calls `work` with a recorder that has a device, and destroys that. */
export async function withRecorder<Result>(gpu: GPU, work: (recorder: Recorder) => Promise<Result>): Promise<Result> {
  const recorder = new Recorder(gpu);
  try {
    return await work(recorder);
  } finally {
    recorder.release();
  }
}

export class Recorder {
  /** To be given to `GpuDevice.request`, once. */
  readonly gpu: GPU;
  readonly dispatches: Dispatch[] = [];
  /** Bytes that went up, the last for each buffer. */
  readonly written = new Map<GPUBuffer, Uint8Array>();
  private readonly bindings = new Map<GPUBindGroup, Dispatch['bindings']>();
  private recorded: GPUDevice | undefined;

  constructor(gpu: GPU) {
    const requestAdapter = async (options?: GPURequestAdapterOptions) => {
      const adapter = await gpu.requestAdapter(options);
      if (!adapter) return null;
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (asked) => {
        const requiredFeatures = [...(asked?.requiredFeatures ?? []), ...timestampsOf(adapter)];
        this.recorded = await requestDevice({ ...asked, requiredFeatures });
        this.record(this.recorded);
        return this.recorded;
      };
      return adapter;
    };
    this.gpu = { requestAdapter } as GPU;
  }

  get device(): GPUDevice {
    if (!this.recorded) throw new Error('No device was asked for.');
    return this.recorded;
  }

  release(): void {
    this.recorded?.destroy();
  }

  private record(device: GPUDevice): void {
    const writeBuffer = device.queue.writeBuffer.bind(device.queue);
    device.queue.writeBuffer = (buffer, offset, bytes, ...range) => {
      writeBuffer(buffer, offset, bytes, ...range);
      if (offset === 0 && ArrayBuffer.isView(bytes)) {
        this.written.set(buffer, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      }
    };
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      const group = createBindGroup(descriptor);
      const bindings = [...descriptor.entries].map(({ binding, resource }) => ({
        binding,
        buffer: (resource as GPUBufferBinding).buffer,
      }));
      this.bindings.set(group, bindings);
      return group;
    };
    const createCommandEncoder = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => {
      const encoder = createCommandEncoder(descriptor);
      const beginComputePass = encoder.beginComputePass.bind(encoder);
      encoder.beginComputePass = (options) => this.recordPass(beginComputePass(options));
      return encoder;
    };
  }

  /** @returns the pass. Its dispatches have one bind group, as those of Job do. */
  private recordPass(pass: GPUComputePassEncoder): GPUComputePassEncoder {
    let pipeline: GPUComputePipeline | undefined;
    let bindings: Dispatch['bindings'] = [];
    const setPipeline = pass.setPipeline.bind(pass);
    pass.setPipeline = (given) => {
      pipeline = given;
      setPipeline(given);
    };
    const setBindGroup = pass.setBindGroup.bind(pass) as (index: number, group: GPUBindGroup) => void;
    pass.setBindGroup = (index: number, group: GPUBindGroup | null) => {
      bindings = this.bindings.get(group!)!;
      setBindGroup(index, group!);
    };
    const dispatchWorkgroups = pass.dispatchWorkgroups.bind(pass);
    pass.dispatchWorkgroups = (workgroups) => {
      if (pipeline) this.dispatches.push({ pipeline, bindings, workgroups });
      dispatchWorkgroups(workgroups);
    };
    return pass;
  }
}

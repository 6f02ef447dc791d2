/**
 * The one owner of the GPU device: what there is, what it can take, what it has lent out, and whether it is gone.
 * A device can be taken away at any time (a driver update, another tab, sleep); work under way then rejects with
 * `gpu-lost`, and so does all that is asked afterwards.
 */
import { CheckpointError } from '../../lib/errors';
import { BufferPool, usage } from './bufferPool';
import { Job } from './job';

export interface AdapterDescription {
  /** As the browser says it: `nvidia`, `intel`, `google`, … Empty where it does not say. */
  readonly vendor: string;
  readonly architecture: string;
  /** Software that stands in for a GPU. */
  readonly isFallback: boolean;
}

export interface DeviceOptions {
  /** Largest upload in one slab. A dispatch of one thread an element stays within 65,535 workgroups of 256. */
  readonly slabBytes?: number;
}

const defaultSlabBytes = 16 * 2 ** 20;

export class GpuDevice {
  readonly adapter: AdapterDescription;
  /** Bytes that go up in one slab at most; a multiple of 4. */
  readonly slabBytes: number;
  /**
   * What tensors may take that stay, in bytes. No browser tells how much memory a GPU has; a quarter of the largest
   * buffer it offers is a small part of that. From 256 MiB to 1 GiB.
   */
  readonly residentBytes: number;
  /** Resolves with the reason once the device is gone. */
  readonly lost: Promise<string>;
  private readonly device: GPUDevice;
  private readonly pool: BufferPool;
  private readonly compiled = new Map<string, GPUComputePipeline>();
  private lostReason: string | undefined;

  /** @returns undefined where there is no WebGPU, no adapter, or no device to be had of it */
  static async request(gpu: GPU | undefined, options: DeviceOptions = {}): Promise<GpuDevice | undefined> {
    try {
      const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
      return adapter ? new GpuDevice(adapter, await adapter.requestDevice(), options) : undefined;
    } catch {
      return undefined;
    }
  }

  private constructor(
    { info, limits }: GPUAdapter,
    device: GPUDevice,
    { slabBytes = defaultSlabBytes }: DeviceOptions,
  ) {
    const { vendor, architecture, isFallbackAdapter } = info;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    this.adapter = { vendor, architecture, isFallback: Boolean(isFallbackAdapter) };
    this.slabBytes = Math.min(slabBytes, maxStorageBufferBindingSize, maxBufferSize) & ~3;
    this.residentBytes = Math.min(2 ** 30, Math.max(2 ** 28, limits.maxBufferSize / 4));
    this.device = device;
    this.pool = new BufferPool(device);
    this.lost = device.lost.then(({ message }) => {
      this.lostReason ??= message;
      this.pool.clear();
      return this.lostReason;
    });
  }

  get isLost(): boolean {
    return this.lostReason !== undefined;
  }

  /** Buffers that jobs hold at the moment. */
  get buffersLent(): number {
    return this.pool.lent;
  }

  /**
   * Runs one job. `encode` builds it and returns what makes the result of the bytes that it asked to read.
   * @throws CheckpointError `gpu-lost`, also when the GPU's memory does not suffice: the device is then given up
   */
  async run<Result>(encode: (job: Job) => (outputs: readonly Uint8Array[]) => Result): Promise<Result> {
    if (this.lostReason !== undefined) throw gpuLost(this.lostReason);
    const { device } = this;
    const job = new Job(device, this.pool, (code) => this.pipeline(code));
    let done = false;
    try {
      device.pushErrorScope('out-of-memory');
      device.pushErrorScope('validation');
      let makeResult: (outputs: readonly Uint8Array[]) => Result;
      let outputs: Promise<Uint8Array[]>;
      let errors: Promise<[GPUError | null, GPUError | null]>;
      try {
        makeResult = encode(job);
        outputs = job.submit();
        // Whoever awaits it sees the failure; where an error below comes first, nobody does.
        outputs.catch(() => {});
      } finally {
        errors = Promise.all([device.popErrorScope(), device.popErrorScope()]);
        errors.catch(() => {});
      }
      const [invalid, noMemory] = await orLost(errors);
      if (noMemory) this.giveUp(noMemory.message);
      if (this.lostReason !== undefined) throw gpuLost(this.lostReason);
      if (invalid) throw new CheckpointError('internal', `A GPU kernel was refused: ${invalid.message}`);
      const result = makeResult(await orLost(outputs));
      done = true;
      return result;
    } finally {
      job.release(done);
    }
  }

  /** A buffer of the caller's own, to be destroyed by it. @returns undefined where there is no memory for it */
  async allocate(bytes: number): Promise<GPUBuffer | undefined> {
    if (this.lostReason !== undefined) throw gpuLost(this.lostReason);
    this.device.pushErrorScope('out-of-memory');
    const buffer = this.device.createBuffer({ size: bytes, usage: usage.storage | usage.copyDestination });
    const error = await orLost(this.device.popErrorScope());
    if (!error) return buffer;
    buffer.destroy();
    return undefined;
  }

  /** @param offset in bytes, a multiple of 4, as the length of `bytes` */
  write(buffer: GPUBuffer, offset: number, bytes: Uint8Array): void {
    this.device.queue.writeBuffer(buffer, offset, bytes as Uint8Array<ArrayBuffer>);
  }

  /** Settles when all that was written so far has arrived. */
  written(): Promise<unknown> {
    return orLost(this.device.queue.onSubmittedWorkDone());
  }

  /** Frees everything; what is under way rejects. */
  destroy(): void {
    this.giveUp('It is no longer needed.');
  }

  private giveUp(reason: string): void {
    this.lostReason ??= reason;
    this.pool.clear();
    this.device.destroy();
  }

  private pipeline(code: string): GPUComputePipeline {
    const known = this.compiled.get(code);
    if (known) return known;
    const module = this.device.createShaderModule({ code });
    const pipeline = this.device.createComputePipeline({ layout: 'auto', compute: { module } });
    this.compiled.set(code, pipeline);
    return pipeline;
  }
}

/** A promise of the device rejects when the device goes, at times before `device.lost` tells. */
async function orLost<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    throw gpuLost(error instanceof Error ? error.message : String(error));
  }
}

function gpuLost(reason: string): CheckpointError {
  return new CheckpointError('gpu-lost', `The GPU can no longer be used: ${reason || 'the browser gave no reason.'}`, {
    advice: 'Try again: the work is then done without it.',
  });
}

/** One submission: uploads, dispatches and what is read back, with the buffers it borrowed. */
import { type BufferKind, type BufferPool, mapModeRead } from './bufferPool';

export type Pipelines = (code: string) => GPUComputePipeline;

interface Reading {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export class Job {
  private readonly device: GPUDevice;
  private readonly pool: BufferPool;
  private readonly pipelines: Pipelines;
  private readonly encoder: GPUCommandEncoder;
  private readonly borrowed: GPUBuffer[] = [];
  private readonly readings: Reading[] = [];

  constructor(device: GPUDevice, pool: BufferPool, pipelines: Pipelines) {
    this.device = device;
    this.pool = pool;
    this.pipelines = pipelines;
    this.encoder = device.createCommandEncoder();
  }

  /** Bytes of any length at any address; up to three bytes after the last one are zero. */
  upload(bytes: Uint8Array): GPUBuffer {
    const buffer = this.borrow('storage', bytes.length);
    const whole = bytes.length & ~3;
    if (whole > 0) this.device.queue.writeBuffer(buffer, 0, bytes as Uint8Array<ArrayBuffer>, 0, whole);
    if (whole < bytes.length) {
      const tail = new Uint8Array(4);
      tail.set(bytes.subarray(whole));
      this.device.queue.writeBuffer(buffer, whole, tail);
    }
    return buffer;
  }

  /** Storage filled with zeros. */
  zeros(bytes: number): GPUBuffer {
    const buffer = this.borrow('storage', bytes);
    this.encoder.clearBuffer(buffer, 0, (bytes + 3) & ~3);
    return buffer;
  }

  /** Storage with arbitrary contents. */
  scratch(bytes: number): GPUBuffer {
    return this.borrow('storage', bytes);
  }

  /** A struct of 32-bit integers, in the order of its members. */
  uniform(...members: number[]): GPUBuffer {
    const words = new Int32Array(Math.ceil(members.length / 4) * 4);
    members.forEach((member, i) => {
      words[i] = member | 0;
    });
    const buffer = this.borrow('uniform', words.byteLength);
    this.device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** @param code WGSL whose entry point is `main` @param buffers of group 0, by binding */
  dispatch(code: string, buffers: readonly GPUBuffer[], workgroups: number): void {
    const pipeline = this.pipelines(code);
    const pass = this.encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      this.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(workgroups);
    pass.end();
  }

  /** Asks for the first `bytes` of a buffer, as they are after all dispatches so far. */
  read(buffer: GPUBuffer, bytes: number): void {
    const reading = this.borrow('read', bytes);
    this.encoder.copyBufferToBuffer(buffer, 0, reading, 0, (bytes + 3) & ~3);
    this.readings.push({ buffer: reading, bytes });
  }

  /** @returns what was asked for, in order, once the GPU is done; valid until `release` */
  submit(): Promise<Uint8Array[]> {
    this.device.queue.submit([this.encoder.finish()]);
    return Promise.all(
      this.readings.map(async ({ buffer, bytes }) => {
        const mappedBytes = (bytes + 3) & ~3;
        await buffer.mapAsync(mapModeRead, 0, mappedBytes);
        return new Uint8Array(buffer.getMappedRange(0, mappedBytes), 0, bytes);
      }),
    );
  }

  /** @param usable whether all went well and the buffers can serve again */
  release(usable: boolean): void {
    for (const { buffer } of this.readings) if (buffer.mapState === 'mapped') buffer.unmap();
    for (const buffer of this.borrowed.splice(0)) {
      if (usable) this.pool.giveBack(buffer);
      else this.pool.destroy(buffer);
    }
  }

  private borrow(kind: BufferKind, bytes: number): GPUBuffer {
    const buffer = this.pool.borrow(kind, Math.max(4, bytes));
    this.borrowed.push(buffer);
    return buffer;
  }
}

/** What was read, as words. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

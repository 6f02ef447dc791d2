/** GPU buffers that jobs borrow and give back: creating one costs more than most kernels. */

export type BufferKind = 'storage' | 'uniform' | 'read';

/** GPUBufferUsage and GPUMapMode of the specification: TypeScript's library declares neither. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, uniform: 0x40, storage: 0x80 } as const;
export const mapModeRead = 0x1;

const usageOf: Readonly<Record<BufferKind, GPUBufferUsageFlags>> = {
  storage: usage.storage | usage.copySource | usage.copyDestination,
  uniform: usage.uniform | usage.copyDestination,
  read: usage.mapRead | usage.copyDestination,
};

/** Kept for the next job: a few chunks of some MiB, up and down. More is destroyed when given back. */
const maxIdleBytes = 64 * 2 ** 20;
const minBufferBytes = 256;

export class BufferPool {
  private readonly device: GPUDevice;
  private readonly idle: GPUBuffer[] = [];
  private idleBytes = 0;
  /** Buffers lent out and not yet given back. */
  lent = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** @returns a buffer of at least `bytes`; what it holds is arbitrary */
  borrow(kind: BufferKind, bytes: number): GPUBuffer {
    const size = Math.max(minBufferBytes, 2 ** Math.ceil(Math.log2(bytes)));
    this.lent++;
    const at = this.idle.findIndex((buffer) => buffer.size === size && buffer.usage === usageOf[kind]);
    if (at < 0) return this.device.createBuffer({ size, usage: usageOf[kind] });
    this.idleBytes -= size;
    return this.idle.splice(at, 1)[0]!;
  }

  giveBack(buffer: GPUBuffer): void {
    this.lent--;
    if (this.idleBytes + buffer.size > maxIdleBytes) {
      buffer.destroy();
      return;
    }
    this.idle.push(buffer);
    this.idleBytes += buffer.size;
  }

  /** Instead of giving back what may be unusable. */
  destroy(buffer: GPUBuffer): void {
    this.lent--;
    buffer.destroy();
  }

  clear(): void {
    for (const buffer of this.idle.splice(0)) buffer.destroy();
    this.idleBytes = 0;
  }
}

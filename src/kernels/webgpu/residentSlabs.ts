/** A tensor on the GPU: runs of its elements, each in a buffer of its own. */
import { byteWidthOf } from '../../tensors/dtype';
import type { GpuDevice } from './device';
import type { GpuDtype } from './elements';

export interface Slab {
  readonly buffer: GPUBuffer;
  /** Place of its first element in the tensor. */
  readonly first: number;
  readonly count: number;
}

/** @returns undefined where the GPU's memory does not suffice */
export async function allocateSlabs(gpu: GpuDevice, dtype: GpuDtype, elements: number): Promise<Slab[] | undefined> {
  const width = byteWidthOf(dtype);
  const each = gpu.slabBytes / width;
  const slabs: Slab[] = [];
  for (let first = 0; first < elements; first += each) {
    const count = Math.min(each, elements - first);
    const buffer = await gpu.allocate((count * width + 3) & ~3);
    if (!buffer) {
      for (const slab of slabs) slab.buffer.destroy();
      return undefined;
    }
    slabs.push({ buffer, first, count });
  }
  return slabs;
}

/** Fills slabs with a tensor's elements, in storage order, in chunks of any size. */
export class SlabWriter {
  private readonly gpu: GpuDevice;
  private readonly slabs: readonly Slab[];
  private written = 0;
  /** Up to three bytes that wait for the rest of their word. */
  private rest = new Uint8Array(0);

  constructor(gpu: GpuDevice, slabs: readonly Slab[]) {
    this.gpu = gpu;
    this.slabs = slabs;
  }

  write(elements: Uint8Array): void {
    const bytes = this.rest.length > 0 ? joined(this.rest, elements) : elements;
    const whole = bytes.length & ~3;
    this.writeWords(bytes.subarray(0, whole));
    this.rest = bytes.slice(whole);
  }

  finish(): void {
    if (this.rest.length > 0) this.writeWords(joined(this.rest, new Uint8Array(4 - this.rest.length)));
  }

  private writeWords(bytes: Uint8Array): void {
    const { slabBytes } = this.gpu;
    for (let at = 0; at < bytes.length; ) {
      const offset = this.written % slabBytes;
      const length = Math.min(bytes.length - at, slabBytes - offset);
      const slab = this.slabs[Math.floor(this.written / slabBytes)]!;
      this.gpu.write(slab.buffer, offset, bytes.subarray(at, at + length));
      at += length;
      this.written += length;
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

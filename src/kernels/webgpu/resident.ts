/**
 * Tensors whose weights stay on the GPU, as many as a budget allows: counts and pictures can then follow a threshold
 * without reading the file again. The least recently used make room.
 */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import type { RefinedBin } from '../../tensors/statistics';
import type { PictureCells, PicturePlan } from '../picture';
import type { PlacedThreshold, Residents, ResidentWriter, Threshold } from '../residents';
import { refineSlabs } from './bins';
import { countSlabs } from './count';
import type { GpuDevice } from './device';
import { type GpuDtype, isGpuDtype } from './elements';
import { drawSlabs } from './preview';
import { allocateSlabs, type Slab, SlabWriter } from './residentSlabs';

interface Resident {
  readonly dtype: GpuDtype;
  readonly slabs: readonly Slab[];
  readonly bytes: number;
  /** Whether all elements are there. */
  complete: boolean;
}

export interface ResidentThreshold<Key> extends Threshold {
  readonly tensor: Key;
}

/** @typeParam Key what tensors are known by */
export class ResidentTensors<Key> implements Residents<Key> {
  private readonly gpu: GpuDevice;
  private readonly budget: number;
  /** Least recently used first. */
  private readonly tensors = new Map<Key, Resident>();
  private used = 0;

  /** @param budget in bytes */
  constructor(gpu: GpuDevice, budget: number) {
    this.gpu = gpu;
    this.budget = budget;
  }

  async load(tensor: Key, dtype: PrunableDtype, elements: number): Promise<ResidentWriter | undefined> {
    this.drop(tensor);
    const bytes = elements * byteWidthOf(dtype);
    // Beyond, places no longer fit 32 bits.
    if (!isGpuDtype(dtype) || bytes > this.budget || elements >= 2 ** 32) return undefined;
    for (const [other] of this.tensors) {
      if (this.used + bytes <= this.budget) break;
      this.drop(other);
    }
    this.used += bytes;
    const slabs = await allocateSlabs(this.gpu, dtype, elements);
    if (!slabs) {
      this.used -= bytes;
      return undefined;
    }
    // Whatever was loaded under the same name meanwhile.
    this.drop(tensor);
    const resident: Resident = { dtype, slabs, bytes, complete: false };
    this.tensors.set(tensor, resident);
    const isStillThere = () => this.tensors.get(tensor) === resident;
    const writer = new SlabWriter(this.gpu, slabs);
    return {
      write: async (elements) => {
        if (!isStillThere()) return;
        writer.write(elements);
        await this.gpu.written();
      },
      finish() {
        if (!isStillThere()) return;
        writer.finish();
        resident.complete = true;
      },
    };
  }

  get room(): number {
    return this.budget - this.used;
  }

  has(tensor: Key): boolean {
    return this.tensors.get(tensor)?.complete ?? false;
  }

  /** Elements at or below a threshold, NaN and infinities left out; undefined for a tensor that is not resident. */
  async countAtOrBelow(thresholds: readonly ResidentThreshold<Key>[]): Promise<(number | undefined)[]> {
    const residents = thresholds.map(({ tensor }) => this.use(tensor));
    const counted = thresholds.flatMap((threshold, i) => {
      const resident = residents[i];
      return resident ? [{ ...resident, threshold }] : [];
    });
    const counts = await countSlabs(this.gpu, counted);
    return residents.map((resident) => (resident ? counts.shift() : undefined));
  }

  async draw(tensor: Key, threshold: PlacedThreshold, plan: PicturePlan): Promise<PictureCells | undefined> {
    const resident = this.use(tensor);
    return resident && drawSlabs(this.gpu, resident, threshold, plan);
  }

  async refine(tensor: Key, bin: number): Promise<RefinedBin | undefined> {
    const resident = this.use(tensor);
    return resident?.dtype === 'F32' ? refineSlabs(this.gpu, bin, resident.slabs) : undefined;
  }

  drop(tensor: Key): void {
    const resident = this.tensors.get(tensor);
    if (!resident) return;
    this.tensors.delete(tensor);
    this.used -= resident.bytes;
    // What was submitted still runs to its end.
    for (const { buffer } of resident.slabs) buffer.destroy();
  }

  clear(): void {
    for (const tensor of [...this.tensors.keys()]) this.drop(tensor);
  }

  private use(tensor: Key): Resident | undefined {
    const resident = this.tensors.get(tensor);
    if (!resident?.complete) return undefined;
    this.tensors.delete(tensor);
    this.tensors.set(tensor, resident);
    return resident;
  }
}

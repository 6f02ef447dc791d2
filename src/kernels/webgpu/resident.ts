/**
 * Tensors whose weights stay on the GPU, as many as a budget allows: counts and pictures can then follow a threshold
 * without reading the file again. The least recently used make room.
 */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import { countPieces } from './count';
import type { GpuDevice } from './device';
import { type GpuDtype, isGpuDtype } from './elements';
import { allocatePieces, type Piece, PieceWriter } from './pieces';
import { drawPieces, type Picture, type PictureSide } from './preview';
import type { Threshold } from './threshold';

interface Resident {
  readonly dtype: GpuDtype;
  readonly pieces: readonly Piece[];
  readonly bytes: number;
  /** Whether all elements are there. */
  complete: boolean;
}

export interface ResidentThreshold extends Threshold {
  readonly tensor: TensorId;
}

/** Takes the elements of one tensor, in storage order, in chunks of any size. */
export interface ResidentWriter {
  write(elements: Uint8Array): void;
  /** From now on the tensor is resident, unless it had to make room meanwhile. */
  finish(): void;
}

export class ResidentTensors {
  private readonly gpu: GpuDevice;
  private readonly budget: number;
  /** Least recently used first. */
  private readonly tensors = new Map<TensorId, Resident>();
  private used = 0;

  /** @param budget in bytes */
  constructor(gpu: GpuDevice, budget: number) {
    this.gpu = gpu;
    this.budget = budget;
  }

  /**
   * Makes room for a tensor.
   * @param elements as stored, without gaps
   * @returns undefined where it cannot be resident: f64, larger than the budget, or more than the GPU's memory takes
   * @throws CheckpointError `gpu-lost`, as everything here
   */
  async load(tensor: TensorId, dtype: PrunableDtype, elements: number): Promise<ResidentWriter | undefined> {
    this.drop(tensor);
    const bytes = elements * byteWidthOf(dtype);
    // Beyond, places no longer fit 32 bits.
    if (!isGpuDtype(dtype) || bytes > this.budget || elements >= 2 ** 32) return undefined;
    for (const [other] of this.tensors) {
      if (this.used + bytes <= this.budget) break;
      this.drop(other);
    }
    this.used += bytes;
    const pieces = await allocatePieces(this.gpu, dtype, elements);
    if (!pieces) {
      this.used -= bytes;
      return undefined;
    }
    // Whatever was loaded under the same name meanwhile.
    this.drop(tensor);
    const resident: Resident = { dtype, pieces, bytes, complete: false };
    this.tensors.set(tensor, resident);
    const isStillThere = () => this.tensors.get(tensor) === resident;
    const writer = new PieceWriter(this.gpu, pieces);
    return {
      write(elements) {
        if (isStillThere()) writer.write(elements);
      },
      finish() {
        if (!isStillThere()) return;
        writer.finish();
        resident.complete = true;
      },
    };
  }

  has(tensor: TensorId): boolean {
    return this.tensors.get(tensor)?.complete ?? false;
  }

  /** Elements at or below a threshold, NaN and infinities left out; undefined for a tensor that is not resident. */
  async countAtOrBelow(thresholds: readonly ResidentThreshold[]): Promise<(number | undefined)[]> {
    const residents = thresholds.map(({ tensor }) => this.use(tensor));
    const counted = thresholds.flatMap((threshold, i) => {
      const resident = residents[i];
      return resident ? [{ ...resident, threshold }] : [];
    });
    const counts = await countPieces(this.gpu, counted);
    return residents.map((resident) => (resident ? counts.shift() : undefined));
  }

  /** @returns undefined for a tensor that is not resident */
  async preview(
    tensor: TensorId,
    threshold: Threshold,
    rows: PictureSide,
    columns: PictureSide,
  ): Promise<Picture | undefined> {
    const resident = this.use(tensor);
    return resident && drawPieces(this.gpu, resident, threshold, rows, columns);
  }

  drop(tensor: TensorId): void {
    const resident = this.tensors.get(tensor);
    if (!resident) return;
    this.tensors.delete(tensor);
    this.used -= resident.bytes;
    // What was submitted still runs to its end.
    for (const { buffer } of resident.pieces) buffer.destroy();
  }

  clear(): void {
    for (const tensor of [...this.tensors.keys()]) this.drop(tensor);
  }

  private use(tensor: TensorId): Resident | undefined {
    const resident = this.tensors.get(tensor);
    if (!resident?.complete) return undefined;
    this.tensors.delete(tensor);
    this.tensors.set(tensor, resident);
    return resident;
  }
}

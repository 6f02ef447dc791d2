/** Tensors whose weights stay with a backend that can hold them, and what is then known of them without reading. */
import { CheckpointError } from '../lib/errors';
import type { PrunableDtype } from '../tensors/dtype';
import type { RefinedBin } from '../tensors/statistics';
import type { ThresholdMask } from './kernels';
import type { DrawnPicture, PictureCells, PicturePlan } from './picture';

/** What goes, or is counted, is what is at or below. */
export type Threshold = Pick<ThresholdMask, 'criterion' | 'threshold'>;

/** What goes: what is below the threshold, and what is equal to it before a place. */
export type PlacedThreshold = Threshold & Pick<DrawnPicture, 'tiesEnd'>;

/** Takes the elements of one tensor, in storage order, in chunks of any size. */
export interface ResidentWriter {
  /** Settles when they are there, so that few are under way. */
  write(elements: Uint8Array): Promise<void>;
  /** From now on the tensor is resident, unless it had to make room meanwhile. */
  finish(): void;
}

/**
 * Everything rejects with CheckpointError `gpu-lost` once the backend is.
 * @typeParam Key what tensors are known by
 */
export interface Residents<Key> {
  /** Bytes that a tensor may have so that no other makes room for it. */
  readonly room: number;
  has(tensor: Key): boolean;
  /**
   * Makes room for a tensor.
   * @param elements as stored, without gaps
   * @returns undefined where it cannot be resident: f64, larger than the budget, or more than the memory takes
   */
  load(tensor: Key, dtype: PrunableDtype, elements: number): Promise<ResidentWriter | undefined>;
  /** @returns undefined for a tensor that is not resident */
  draw(tensor: Key, threshold: PlacedThreshold, plan: PicturePlan): Promise<PictureCells | undefined>;
  /** The values in a fine bin. @returns undefined for a tensor that is not resident, and for half floats: their bins are values */
  refine(tensor: Key, bin: number): Promise<RefinedBin | undefined>;
  clear(): void;
}

/** Whether work failed only because the GPU is gone. */
export function isGpuLost(error: unknown): boolean {
  return error instanceof CheckpointError && error.code === 'gpu-lost';
}

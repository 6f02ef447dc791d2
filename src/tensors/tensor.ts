/** What Secateur knows of a tensor without its weights. */
import type { Dtype } from './dtype';

/** `[start, end)` in bytes of the file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The unit of edit: one run of element bytes. Several tensors may be names for parts of one storage.
 * `segments` are its places in the file in logical order; nearly always one, several where a format scatters
 * a tensor's elements (ONNX `float_data` split over records).
 */
export interface Storage {
  readonly segments: readonly ByteRange[];
  readonly byteLength: number;
}

/** What a tensor is for; decides what is prunable by default. */
export type LayerKind =
  | 'conv'
  | 'linear'
  | 'recurrent'
  | 'embedding'
  | 'norm'
  | 'bias'
  | 'prelu'
  | 'buffer'
  | 'parameter'
  | 'optimizer'
  | 'integer';

export const layerKinds: readonly LayerKind[] = [
  'conv',
  'linear',
  'recurrent',
  'embedding',
  'norm',
  'bias',
  'prelu',
  'buffer',
  'parameter',
  'optimizer',
  'integer',
];

/** Index of a tensor in `Checkpoint.tensors`. */
export type TensorId = number;

export interface TensorInfo {
  /** Key in its own state dict, e.g. `module.conv1.weight`; unique within the checkpoint. */
  readonly name: string;
  /** Where that state dict sits in the file (`state_dict`), '' at the top. */
  readonly container: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In elements, one per dimension. */
  readonly strides: readonly number[];
  /** Index into `Checkpoint.storages`, or -1 where the bytes cannot be addressed (see `readOnly`). */
  readonly storage: number;
  /** Of the first element, in elements of `dtype` from the storage's start. */
  readonly storageOffset: number;
  readonly kind: LayerKind;
  /** The axis of `shape` that counts outputs (rows of a linear layer, filters of a convolution), where known. */
  readonly outputAxis?: number;
  /** Why this tensor cannot be pruned at all: one sentence. Absent when it can. */
  readonly readOnly?: string;
}

export function numelOf(shape: readonly number[]): number {
  let numel = 1;
  for (const size of shape) numel *= size;
  return numel;
}

/** Strides of a tensor stored row by row, in elements. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis] ?? 1);
  }
  return strides;
}

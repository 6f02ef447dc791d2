/** What Secateur knows of a tensor without its weights. */
import { at } from '../lib/known';
import type { Axes } from './axes';
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

/**
 * What a tensor is for; decides what is prunable by default. `router`: the linear layer that sends tokens to experts.
 * `parameter`: a parameter that is known to be none of the others; `unknown`: nothing in the file tells. `optimizer`:
 * state of a training run, moments and gradients too. `mask`: zeros and ones that another tensor is multiplied with.
 */
export type LayerKind = (typeof layerKinds)[number];

export const layerKinds = [
  'conv',
  'linear',
  'recurrent',
  'router',
  'unknown',
  'embedding',
  'norm',
  'bias',
  'prelu',
  'buffer',
  'parameter',
  'mask',
  'optimizer',
  'integer',
] as const;

/** Elements that are read as something else. */
export interface StoredAs {
  /** As the format's users write it: `q8_0`, `int8`. */
  readonly label: string;
  /** Of the whole tensor, in the file. */
  readonly bytes: number;
}

/** Index of a tensor in `Checkpoint.tensors`. */
export type TensorId = number;

export interface TensorInfo {
  /** Key in its own state dict, e.g. `module.conv1.weight`; unique within the checkpoint. */
  readonly name: string;
  /** Where that state dict sits in the file (`state_dict`), '' at the top. */
  readonly container: string;
  /** What its elements are read as. */
  readonly dtype: Dtype;
  /** What they stand in the file as, where that is something else. */
  readonly stored?: StoredAs;
  readonly shape: readonly number[];
  /** In elements, one per dimension. */
  readonly strides: readonly number[];
  /** Index into `Checkpoint.storages`, or -1 where the bytes cannot be addressed (see `readOnly`). */
  readonly storage: number;
  /** Of the first element, in elements of `dtype` from the storage's start. */
  readonly storageOffset: number;
  readonly kind: LayerKind;
  /** What decided the kind, in a few words that follow it: `has a bias of 48`, `the module is a Linear`. */
  readonly because?: string;
  /** Which dimensions count outputs and inputs. Absent: not known, or without meaning for the kind. */
  readonly axes?: Axes;
  /**
   * Which model of the file it belongs to: '' where there is one; else the container that holds that model
   * (`state_dict_ema`, `generator`). Global amounts rank each model for itself.
   */
  readonly model?: string;
  /** Why this tensor cannot be pruned at all: one sentence. Absent when it can. */
  readonly readOnly?: string;
  /** Its weights are measured and shown even so. */
  readonly measured?: true;
}

export function numelOf(shape: readonly number[]): number {
  let numel = 1;
  for (const size of shape) numel *= size;
  return numel;
}

/** The number of indices that some dimensions have together. */
export function sizeAlong(shape: readonly number[], axes: readonly number[]): number {
  return numelOf(axes.map((axis) => at(shape, axis)));
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

/** The same for Fortran's order: the first axis is the fastest. */
export function columnStrides(shape: readonly number[]): number[] {
  return contiguousStrides(shape.toReversed()).reverse();
}

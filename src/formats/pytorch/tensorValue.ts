/** Tensors and storages as a pickle describes them, before anything is known of their place in the file. */
import type { Dtype } from '../../tensors/dtype';
import { spanOf } from '../../tensors/layout';
import type { ElementType } from './dtypes';
import { HostValue, type PyValue } from './pickle/values';

/** A storage, or (in legacy files) a part of one. */
export class StorageValue extends HostValue {
  readonly key: string;
  readonly element: ElementType;
  /** Units of `element` in the whole storage. */
  readonly numel: number;
  /** `[start, end)` of the part, in bytes of the whole. */
  readonly start: number;
  readonly end: number;

  constructor(key: string, element: ElementType, numel: number, start = 0, end = numel * element.itemSize) {
    super();
    this.key = key;
    this.element = element;
    this.numel = numel;
    this.start = start;
    this.end = end;
  }

  get byteLength(): number {
    return this.numel * this.element.itemSize;
  }
}

export interface TensorShape {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
}

type Place = Partial<Pick<TensorValue, 'storage' | 'offset' | 'readOnly' | 'shardOf'>>;

export class TensorValue extends HostValue implements TensorShape {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Absent where no bytes of a storage are its elements. */
  readonly storage?: StorageValue;
  /** Of the first element, in elements from the start of the whole storage. */
  readonly offset: number;
  readonly readOnly?: string;
  /** Shape of the distributed tensor of which the file holds this part. */
  readonly shardOf?: readonly number[];

  constructor({ dtype, shape, strides }: TensorShape, place: Place) {
    super();
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    if (place.storage) this.storage = place.storage;
    this.offset = place.offset ?? 0;
    if (place.readOnly !== undefined) this.readOnly = place.readOnly;
    if (place.shardOf) this.shardOf = place.shardOf;
  }

  /** The same tensor, not to be changed for `reason`. */
  locked(reason: string): TensorValue {
    return new TensorValue(this, { ...this.place, readOnly: this.readOnly ?? reason });
  }

  /** The same tensor, known to be a part of one of shape `whole`. */
  asShardOf(whole: readonly number[]): TensorValue {
    return new TensorValue(this, { ...this.place, shardOf: whole });
  }

  private get place(): Place {
    const { storage, offset, readOnly, shardOf } = this;
    return {
      offset,
      ...(storage ? { storage } : {}),
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(shardOf ? { shardOf } : {}),
    };
  }
}

/** torch allows 64 dimensions. */
const maxDimensions = 64;

/** A tuple of non-negative whole numbers (a size or strides), or undefined. */
export function sizesOf(value: PyValue | undefined): number[] | undefined {
  if (!Array.isArray(value) || value.length > maxDimensions) return undefined;
  return value.every((size) => isCount(size)) ? (value as number[]) : undefined;
}

export function isCount(value: PyValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Whether the elements lie inside the storage.
 * @param offset of the first, in elements from the start of `storage`'s part
 */
export function fits(
  { shape, strides }: TensorShape,
  offset: number,
  storage: StorageValue,
  element: ElementType,
): boolean {
  const span = spanOf(shape, strides);
  // A sum or product too large to be exact is too large for any file.
  if (!Number.isSafeInteger(span) || span < 0) return false;
  if (span === 0) return true;
  return Math.ceil((offset + span) / (element.packed ?? 1)) * element.itemSize <= storage.end - storage.start;
}

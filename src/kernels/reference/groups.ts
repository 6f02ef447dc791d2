/** Norms of groups, and groups that go. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import type { Applier, ApplyCounts, GroupAccumulator, Grouping, GroupNorms } from '../kernels';
import { Eraser, valuesOf } from './values';

/** The group of the element at `place` in storage. */
export function groupAt({ axes }: Grouping, place: number): number {
  let group = 0;
  for (const { stride, size, block, step } of axes) {
    group += Math.floor((Math.floor(place / stride) % size) / block) * step;
  }
  return group;
}

export class ReferenceNorms implements GroupAccumulator {
  private readonly dtype: PrunableDtype;
  private readonly grouping: Grouping;
  private readonly order: number;
  /** Magnitudes by group. */
  private readonly members: number[][];
  private place: number;

  constructor(dtype: PrunableDtype, grouping: Grouping, order: number) {
    this.dtype = dtype;
    this.grouping = grouping;
    this.order = order;
    this.place = grouping.first ?? 0;
    this.members = Array.from({ length: grouping.count }, () => []);
  }

  add(bytes: Uint8Array, kept?: Uint8Array): void {
    let index = 0;
    for (const value of valuesOf(this.dtype, bytes)) {
      if (kept?.[index++] !== 0) this.members[groupAt(this.grouping, this.place)]!.push(Math.abs(value));
      this.place++;
    }
  }

  finish(): GroupNorms {
    return {
      norms: Float64Array.from(this.members, (magnitudes) => normOf(magnitudes, this.order)),
      counts: Uint32Array.from(this.members, (magnitudes) => magnitudes.length),
    };
  }
}

/** As numpy.linalg.norm of a vector. */
function normOf(magnitudes: readonly number[], order: number): number {
  if (magnitudes.length === 0) return 0;
  if (!magnitudes.every(Number.isFinite)) return Number.NaN;
  const sum = (of: (magnitude: number) => number) => magnitudes.reduce((total, each) => total + of(each), 0);
  switch (order) {
    case 0:
      return sum((each) => (each === 0 ? 0 : 1));
    case Number.POSITIVE_INFINITY:
      return magnitudes.reduce((most, each) => Math.max(most, each), 0);
    case Number.NEGATIVE_INFINITY:
      return magnitudes.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    case 1:
      return sum((each) => each);
    case 2:
      return Math.sqrt(sum((each) => each * each));
    default:
      return sum((each) => each ** order) ** (1 / order);
  }
}

export class ReferenceGroupApplier implements Applier {
  private readonly width: number;
  private readonly eraser: Eraser;
  private readonly grouping: Grouping;
  private readonly gone: Uint8Array;
  private place: number;

  constructor(dtype: PrunableDtype, grouping: Grouping, gone: Uint8Array) {
    this.width = byteWidthOf(dtype);
    this.eraser = new Eraser(dtype);
    this.grouping = grouping;
    this.gone = gone;
    this.place = grouping.first ?? 0;
  }

  apply(bytes: Uint8Array, kept?: Uint8Array): boolean {
    const { place } = this;
    this.place += bytes.length / this.width;
    return this.eraser.erase(bytes, kept, (index) => this.gone[groupAt(this.grouping, place + index)] === 1);
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

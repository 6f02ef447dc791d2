/**
 * Streams of chunks, worked on by the GPU slab by slab. A slab leaves nothing on the device: its result is read back
 * and merged here. So where the GPU is lost the spare backend goes on from the very slab that failed, and
 * a pass that is broken off leaves nothing behind.
 */

import type { Awaitable } from '../../lib/awaitable';
import { byteWidthOf } from '../../tensors/dtype';
import type { ApplyCounts, ScoreApplier, Scorer } from '../kernels';
import { isGpuLost } from '../residents';
import type { GpuDevice } from './device';
import type { GpuDtype } from './elements';
import type { ErasedSlab, Masked } from './erase';

/** What cuts chunks for the GPU. */
export interface Cutter {
  readonly gpu: GpuDevice;
  /** Chunks of fewer bytes are left to the spare backend. */
  readonly leastBytes: number;
}

interface Elements {
  /** Of the widest array there is beside the elements. */
  readonly bytesEach: number;
  /** Slabs hold whole units of so many. */
  readonly unit?: number;
}

/**
 * Calls `work` for `[from, to)` of a chunk of `count` elements, one slab after the other.
 * @returns elements that were done; fewer than `count` where the GPU does not take them, or no longer
 */
async function onGpu(
  { gpu, leastBytes }: Cutter,
  count: number,
  { bytesEach, unit = 1 }: Elements,
  work: (from: number, to: number) => Promise<void>,
): Promise<number> {
  const each = Math.floor(gpu.slabBytes / bytesEach / unit) * unit;
  if (gpu.isLost || each === 0 || count * bytesEach < leastBytes) return 0;
  for (let from = 0; from < count; from += each) {
    try {
      await work(from, Math.min(count, from + each));
    } catch (error) {
      if (isGpuLost(error)) return from;
      throw error;
    }
  }
  return count;
}

/** As Accumulator and GroupAccumulator: only the latter is given `kept`. */
interface PartlyKept<Result> {
  add(bytes: Uint8Array, kept?: Uint8Array): Awaitable<void>;
  finish(): Awaitable<Result>;
}

export interface AccumulatedSlabs<Result> {
  /** @param place of the slab's first element in the tensor */
  onGpu(bytes: Uint8Array, kept: Uint8Array | undefined, place: number): Promise<Result>;
  onSpare(place: number): PartlyKept<Result>;
  merge(earlier: Result, later: Result): Result;
}

export class SlabAccumulator<Result> implements PartlyKept<Result> {
  private readonly cutter: Cutter;
  private readonly width: number;
  private readonly slabs: AccumulatedSlabs<Result>;
  private place = 0;
  private result: Result | undefined;
  /** Once it has begun it takes all that comes. */
  private spare: PartlyKept<Result> | undefined;

  constructor(cutter: Cutter, dtype: GpuDtype, slabs: AccumulatedSlabs<Result>) {
    this.cutter = cutter;
    this.width = byteWidthOf(dtype);
    this.slabs = slabs;
  }

  async add(bytes: Uint8Array, kept?: Uint8Array): Promise<void> {
    const { cutter, width, slabs } = this;
    const count = bytes.length / width;
    const work = async (from: number, to: number) => {
      const slab = bytes.subarray(from * width, to * width);
      const result = await slabs.onGpu(slab, kept?.subarray(from, to), this.place + from);
      this.result = this.result === undefined ? result : slabs.merge(this.result, result);
    };
    const done = this.spare ? 0 : await onGpu(cutter, count, { bytesEach: width }, work);
    if (done < count) {
      this.spare ??= slabs.onSpare(this.place + done);
      await this.spare.add(bytes.subarray(done * width), kept?.subarray(done));
    }
    this.place += count;
  }

  async finish(): Promise<Result> {
    const { result, slabs } = this;
    if (result !== undefined && !this.spare) return result;
    const rest = await (this.spare ?? slabs.onSpare(0)).finish();
    return result === undefined ? rest : slabs.merge(result, rest);
  }
}

export interface AppliedSlabs {
  /** Elements of which slabs hold whole multiples. */
  readonly unit?: number;
  onGpu(masked: Masked, scores: Uint8Array, place: number): Promise<ErasedSlab>;
  onSpare(place: number): ScoreApplier;
}

export class SlabApplier implements ScoreApplier {
  private readonly cutter: Cutter;
  private readonly dtype: GpuDtype;
  private readonly scoreWidth: number;
  private readonly slabs: AppliedSlabs;
  private place = 0;
  private pruned = 0;
  private zeros = 0;
  /** Once it has begun it takes all that comes. */
  private spare: ScoreApplier | undefined;

  constructor(cutter: Cutter, dtype: GpuDtype, scoreDtype: GpuDtype, slabs: AppliedSlabs) {
    this.cutter = cutter;
    this.dtype = dtype;
    this.scoreWidth = byteWidthOf(scoreDtype);
    this.slabs = slabs;
  }

  async apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): Promise<boolean> {
    const { cutter, dtype, scoreWidth, slabs } = this;
    const width = byteWidthOf(dtype);
    const count = bytes.length / width;
    let changed = false;
    const work = async (from: number, to: number) => {
      const slab = bytes.subarray(from * width, to * width);
      const slabScores = scores === bytes ? slab : scores.subarray(from * scoreWidth, to * scoreWidth);
      const masked = { dtype, bytes: slab, kept: kept?.subarray(from, to) };
      const erased = await slabs.onGpu(masked, slabScores, this.place + from);
      this.pruned += erased.pruned;
      this.zeros += erased.zeros;
      changed ||= erased.changed;
    };
    const elements = { bytesEach: Math.max(width, scoreWidth), unit: slabs.unit ?? 1 };
    const done = this.spare ? 0 : await onGpu(cutter, count, elements, work);
    if (done < count) {
      this.spare ??= slabs.onSpare(this.place + done);
      const rest = bytes.subarray(done * width);
      const restScores = scores === bytes ? rest : scores.subarray(done * scoreWidth);
      if (await this.spare.apply(rest, restScores, kept?.subarray(done))) changed = true;
    }
    this.place += count;
    return changed;
  }

  async finish(): Promise<ApplyCounts> {
    const rest = await this.spare?.finish();
    return { pruned: this.pruned + (rest?.pruned ?? 0), zeros: this.zeros + (rest?.zeros ?? 0) };
  }
}

export class SlabScorer implements Scorer {
  private readonly cutter: Cutter;
  private readonly dtype: GpuDtype;
  private readonly onGpu: (bytes: Uint8Array, index: number) => Promise<Uint8Array>;
  private readonly spare: Scorer;

  /** @param work of f32 scores */
  constructor(
    cutter: Cutter,
    dtype: GpuDtype,
    work: (bytes: Uint8Array, index: number) => Promise<Uint8Array>,
    spare: Scorer,
  ) {
    this.cutter = cutter;
    this.dtype = dtype;
    this.onGpu = work;
    this.spare = spare;
  }

  async score(bytes: Uint8Array, index: number): Promise<Uint8Array> {
    const width = byteWidthOf(this.dtype);
    const count = bytes.length / width;
    const scores = new Uint8Array(count * 4);
    const done = await onGpu(this.cutter, count, { bytesEach: 4 }, async (from, to) => {
      scores.set(await this.onGpu(bytes.subarray(from * width, to * width), index + from), from * 4);
    });
    if (done < count) scores.set(await this.spare.score(bytes.subarray(done * width), index + done), done * 4);
    return scores;
  }
}

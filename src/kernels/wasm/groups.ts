/** Norms of groups through the module, which sums up runs, and groups that go. */
import { binCountOf, binHigh } from '../../tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { elementBytes } from '../../tensors/elements';
import { numbersOf } from '../../tensors/numbers';
import type { Applier, ApplyCounts, GroupAccumulator, Grouping, GroupNorms } from '../kernels';
import { WasmEraser } from './eraser';
import { GroupRuns } from './groupRuns';
import type { KernelInstance } from './instance';

/** What is summed up, as assembly/norms.ts has it; powers are not the module's. */
type Kind = 'sum' | 'squares' | 'largest' | 'least' | 'nonzero' | 'powers';
const kindNumbers = { sum: 0, squares: 1, largest: 2, least: 3, nonzero: 4 } as const;

function kindOf(order: number): Kind {
  switch (order) {
    case 1:
      return 'sum';
    case 2:
      return 'squares';
    case Number.POSITIVE_INFINITY:
      return 'largest';
    case Number.NEGATIVE_INFINITY:
      return 'least';
    case 0:
      return 'nonzero';
    default:
      return 'powers';
  }
}

export class WasmNorms implements GroupAccumulator {
  private readonly instance: KernelInstance;
  private readonly dtype: PrunableDtype;
  private readonly width: number;
  private readonly order: number;
  private readonly kind: Kind;
  private readonly runs: GroupRuns;
  private readonly norms: Float64Array;
  private readonly counts: Uint32Array;
  /** An element that changes nothing, for those left out. */
  private readonly neutral: Uint8Array;
  /**
   * Work is done in blocks counted from the start of the tensor, so that sums are the same whatever chunks it comes in:
   * what does not fill a block waits.
   */
  private readonly waiting: Uint8Array;
  private readonly waitingKept: Uint8Array;
  private waitingBytes = 0;
  private anyLeftOut = false;
  /** Of the first element, and of the next to be worked on. */
  private readonly first: number;
  private place: number;

  constructor(instance: KernelInstance, dtype: PrunableDtype, grouping: Grouping, order: number) {
    this.instance = instance;
    this.dtype = dtype;
    this.width = byteWidthOf(dtype);
    this.order = order;
    this.kind = kindOf(order);
    this.runs = new GroupRuns(grouping);
    this.first = grouping.first ?? 0;
    this.place = this.first;
    this.norms = new Float64Array(grouping.count).fill(this.kind === 'least' ? Number.POSITIVE_INFINITY : 0);
    this.counts = new Uint32Array(grouping.count);
    const neutral = this.kind === 'least' ? binHigh(dtype, binCountOf(dtype) - 1) : 0;
    this.neutral = elementBytes(dtype, [neutral]);
    this.waiting = new Uint8Array(instance.block.length);
    this.waitingKept = new Uint8Array(instance.block.length / this.width);
  }

  add(bytes: Uint8Array, kept?: Uint8Array): void {
    const { waiting, waitingKept, width } = this;
    if (kept) this.anyLeftOut = true;
    for (let start = 0; start < bytes.length; ) {
      const length = Math.min(waiting.length - this.waitingBytes, bytes.length - start);
      const part = bytes.subarray(start, start + length);
      const keptPart = kept?.subarray(start / width, (start + length) / width);
      start += length;
      if (length === waiting.length) {
        this.addBlock(part, keptPart);
        continue;
      }
      waiting.set(part, this.waitingBytes);
      if (keptPart) waitingKept.set(keptPart, this.waitingBytes / width);
      else waitingKept.fill(1, this.waitingBytes / width, (this.waitingBytes + length) / width);
      this.waitingBytes += length;
      if (this.waitingBytes === waiting.length) this.addWaiting();
    }
  }

  private addWaiting(): void {
    const { waiting, waitingKept, waitingBytes, width } = this;
    this.waitingBytes = 0;
    const kept = this.anyLeftOut ? waitingKept.subarray(0, waitingBytes / width) : undefined;
    if (waitingBytes > 0) this.addBlock(waiting.subarray(0, waitingBytes), kept);
  }

  private addBlock(bytes: Uint8Array, kept: Uint8Array | undefined): void {
    const { block } = this.instance;
    const elements = bytes.length / this.width;
    block.set(bytes);
    if (kept && this.kind !== 'powers') this.fillLeftOut(kept);
    const numbers = this.kind === 'powers' ? numbersOf(this.dtype, block.subarray(0, bytes.length)) : undefined;
    const { length } = this.runs;
    // The runs at both ends may have started before and go on after.
    for (let at = 0; at < elements; ) {
      const into = (this.place + at) % length;
      const left = elements - at;
      const whole = into === 0 ? Math.min(Math.floor(left / length), this.instance.sums.length) : 0;
      const run = whole > 0 ? length : Math.min(length - into, left);
      const runs = Math.max(1, whole);
      const first = Math.floor((this.place + at) / length);
      if (numbers) this.sumPowers(numbers, kept, at, run, runs);
      else this.runNorms(at, run, runs);
      this.join(first, runs);
      if (kept) this.countLeft(kept, at, run, first, runs);
      at += run * runs;
    }
    this.place += elements;
  }

  private fillLeftOut(kept: Uint8Array): void {
    const { neutral, width } = this;
    const { block } = this.instance;
    for (let i = 0; i < kept.length; i++) if (kept[i] === 0) block.set(neutral, i * width);
  }

  /** Fills the instance's sums, one for each run. */
  private runNorms(from: number, run: number, runs: number): void {
    const kind = kindNumbers[this.kind as Exclude<Kind, 'powers'>];
    this.instance.run[`norms${this.dtype}`](from, run, runs, kind);
  }

  private sumPowers(
    numbers: ArrayLike<number>,
    kept: Uint8Array | undefined,
    from: number,
    run: number,
    runs: number,
  ): void {
    const { order } = this;
    const { sums } = this.instance;
    for (let i = 0, at = from; i < runs; i++) {
      let sum = 0;
      for (const end = at + run; at < end; at++) {
        const magnitude = Math.abs(numbers[at]!);
        // A product with 0 is NaN for what is not finite, whatever its power.
        if (kept?.[at] !== 0) sum += magnitude ** order + magnitude * 0;
      }
      sums[i] = sum;
    }
  }

  /** Joins the instance's sums to the norms of their groups. */
  private join(first: number, runs: number): void {
    const { norms, kind } = this;
    const { sums } = this.instance;
    this.runs.forEachStretch(first, runs, (group, at, length) => {
      if (kind === 'largest') {
        for (let i = 0; i < length; i++) norms[group + i] = Math.max(norms[group + i]!, sums[at + i]!);
      } else if (kind === 'least') {
        for (let i = 0; i < length; i++) norms[group + i] = Math.min(norms[group + i]!, sums[at + i]!);
      } else {
        for (let i = 0; i < length; i++) norms[group + i]! += sums[at + i]!;
      }
    });
  }

  private countLeft(kept: Uint8Array, from: number, run: number, first: number, runs: number): void {
    const { counts } = this;
    this.runs.forEachStretch(first, runs, (group, at, length) => {
      for (let i = 0; i < length; i++) {
        const start = from + (at + i) * run;
        for (let place = start; place < start + run; place++) if (kept[place] !== 0) counts[group + i]! += 1;
      }
    });
  }

  /** Where nothing was left out, groups hold what lies in them: so many times what one period of the groups holds. */
  private countAll(): void {
    const period = this.runs.period * this.runs.length;
    const times = Math.floor((this.place - this.first) / period);
    if (times > 0) this.countBetween(this.first, this.first + period, times);
    this.countBetween(this.first + times * period, this.place, 1);
  }

  private countBetween(start: number, end: number, times: number): void {
    const { counts } = this;
    const { length } = this.runs;
    const first = Math.floor(start / length);
    this.runs.forEachStretch(first, Math.ceil(end / length) - first, (group, at, stretch) => {
      for (let i = 0; i < stretch; i++) {
        const from = (first + at + i) * length;
        counts[group + i]! += times * (Math.min(end, from + length) - Math.max(start, from));
      }
    });
  }

  finish(): GroupNorms {
    this.addWaiting();
    if (!this.anyLeftOut) this.countAll();
    const { norms, counts, kind, order } = this;
    for (let group = 0; group < norms.length; group++) {
      let norm = norms[group]!;
      if (kind === 'squares') norm = Math.sqrt(norm);
      else if (kind === 'powers') norm **= 1 / order;
      norms[group] = counts[group] === 0 ? 0 : Number.isFinite(norm) ? norm : Number.NaN;
    }
    return { norms, counts };
  }
}

export class WasmGroupApplier implements Applier {
  private readonly instance: KernelInstance;
  private readonly width: number;
  private readonly eraser: WasmEraser;
  private readonly runs: GroupRuns;
  private readonly gone: Uint8Array;
  private readonly groups: Int32Array;
  /** Of the next element. */
  private place: number;

  constructor(instance: KernelInstance, dtype: PrunableDtype, grouping: Grouping, gone: Uint8Array) {
    this.instance = instance;
    this.width = byteWidthOf(dtype);
    this.eraser = new WasmEraser(instance, dtype);
    this.runs = new GroupRuns(grouping);
    this.place = grouping.first ?? 0;
    this.gone = gone;
    this.groups = new Int32Array(instance.gone.length);
  }

  apply(bytes: Uint8Array, kept?: Uint8Array): boolean {
    const { width } = this;
    const capacity = this.instance.capacity(width);
    let changed = false;
    for (let start = 0; start < bytes.length / width; start += capacity) {
      const part = bytes.subarray(start * width, (start + capacity) * width);
      const keptPart = kept?.subarray(start, start + capacity);
      this.choose(part.length / width);
      this.eraser.take(part, keptPart);
      if (this.eraser.erase(part, keptPart)) changed = true;
    }
    return changed;
  }

  /** Spreads what goes over the next elements. */
  private choose(elements: number): void {
    const { groups, gone, place } = this;
    const { length } = this.runs;
    const chosen = this.instance.gone;
    const first = Math.floor(place / length);
    const count = Math.floor((place + elements - 1) / length) - first + 1;
    this.runs.fill(groups, first, count);
    if (length === 1) {
      for (let i = 0; i < elements; i++) chosen[i] = gone[groups[i]!]!;
    } else {
      for (let run = 0; run < count; run++) {
        const start = Math.max(0, (first + run) * length - place);
        chosen.fill(gone[groups[run]!]!, start, Math.min(elements, (first + run + 1) * length - place));
      }
    }
    this.place += elements;
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

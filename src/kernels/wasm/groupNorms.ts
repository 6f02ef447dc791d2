/** Norms of groups through the module, which sums up runs. */
import { binCountOf, binHigh } from '../../tensors/bins';
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { elementBytes } from '../../tensors/elements';
import { numbersOf } from '../../tensors/numbers';
import type { GroupAccumulator, Grouping, GroupNorms } from '../kernels';
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
  /** Whether elements join the norms one by one, in the module: a copy of the norms is there while bytes are added. */
  private readonly joinsInModule: boolean;
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
    this.joinsInModule =
      this.runs.length === 1 &&
      this.runs.isAscending &&
      this.kind !== 'powers' &&
      grouping.count <= instance.norms.length;
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
    this.withNorms(() => this.addParts(bytes, kept));
  }

  private withNorms(work: () => void): void {
    const { norms, joinsInModule } = this;
    if (joinsInModule) this.instance.norms.set(norms);
    work();
    if (joinsInModule) norms.set(this.instance.norms.subarray(0, norms.length));
  }

  private addParts(bytes: Uint8Array, kept?: Uint8Array): void {
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
    if (this.joinsInModule) this.joinEach(elements, kept);
    else this.addRuns(elements, kept);
    this.place += elements;
  }

  /** Runs of one: elements of the block join the norms of their groups. */
  private joinEach(elements: number, kept: Uint8Array | undefined): void {
    const { run } = this.instance;
    const kind = kindNumbers[this.kind as Exclude<Kind, 'powers'>];
    this.runs.forEachStretch(this.place, elements, (group, at, length) => {
      run[`join${this.dtype}`](at, length, group, kind);
    });
    if (kept) this.countLeft(kept, 0, 1, this.place, elements);
  }

  private addRuns(elements: number, kept: Uint8Array | undefined): void {
    const block = this.instance.block.subarray(0, elements * this.width);
    const numbers = this.kind === 'powers' ? numbersOf(this.dtype, block) : undefined;
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
    this.withNorms(() => this.addWaiting());
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

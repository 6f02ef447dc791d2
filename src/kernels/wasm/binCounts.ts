/** Counts by fine bin of one accumulator, kept in the instance's one table while it is the accumulator at work. */
import { binCountOf } from '../../tensors/bins';
import type { FineHistogram } from '../../tensors/statistics';
import { type KernelInstance, result } from './instance';

const signBit = 0x8000;
const maxU32 = 2 ** 32 - 1;

export class BinTable {
  private readonly instance: KernelInstance;
  private user: BinCounts | undefined;

  /** @param instance its table is all zero, and nobody else's */
  constructor(instance: KernelInstance) {
    this.instance = instance;
  }

  /** Makes the table that of `counts`, about to be given `elements` more: whatever else it holds is put away. */
  claim(counts: BinCounts, elements: number): void {
    if (this.user !== counts || counts.inTable + elements > maxU32) {
      this.user?.takeFrom(this.instance);
      this.user = counts;
    }
    counts.note(elements);
  }

  /** Empties the table into `counts` if it holds theirs. */
  release(counts: BinCounts): void {
    if (this.user !== counts) return;
    counts.takeFrom(this.instance);
    this.user = undefined;
  }
}

export class BinCounts {
  /** Elements now counted in the table, or about to be. */
  inTable = 0;
  /** So many bins are kept; those beyond are only summed up. */
  private readonly bins: number;
  private total = 0;
  private taken: FineHistogram | undefined;
  /** Values beyond the bins, and those of them in the first bin there, infinity's: of half floats it has no others. */
  private readonly beyondBins = { all: 0, first: 0 };

  constructor(bins: number) {
    this.bins = bins;
  }

  note(elements: number): void {
    this.inTable += elements;
    this.total += elements;
  }

  get beyond(): { readonly all: number; readonly first: number } {
    return this.beyondBins;
  }

  /** All counts, `[-0]` still among the negative ones; the caller may change them. */
  histogram(): FineHistogram {
    return this.taken ?? { firstBin: 0, positive: new Uint32Array(0), negative: new Uint32Array(0) };
  }

  /** Moves the counts out of the table and clears what they touched: for most tensors, far less than the table. */
  takeFrom({ run, results, table }: KernelInstance): void {
    run.findBins(this.bins);
    const low = results[result.lowBin]!;
    const end = results[result.highBin]! + 1;
    const beyond = results[result.beyond]!;
    if (low < end) {
      const counted = {
        firstBin: low,
        positive: table.slice(low, end),
        negative: table.slice(signBit + low, signBit + end),
      };
      this.taken = sumOf(this.taken, counted, this.total);
      table.fill(0, low, end);
      table.fill(0, signBit + low, signBit + end);
    }
    if (beyond > 0) {
      this.beyondBins.all += beyond;
      this.beyondBins.first += table[this.bins]! + table[signBit + this.bins]!;
      table.fill(0, this.bins, signBit);
      table.fill(0, signBit + this.bins);
    }
    this.inTable = 0;
  }
}

/** Counts every value of half floats as they stream by: a bin of theirs is one value. */
export class HalfCounts {
  private readonly instance: KernelInstance;
  private readonly bins: BinTable;
  private readonly counts: BinCounts;
  /** Elements so far. */
  count = 0;

  constructor(instance: KernelInstance, bins: BinTable, dtype: 'F16' | 'BF16') {
    this.instance = instance;
    this.bins = bins;
    this.counts = new BinCounts(binCountOf(dtype));
  }

  add(bytes: Uint8Array): void {
    this.instance.forEachBlock(bytes, (part) => {
      const elements = part.length / 2;
      this.bins.claim(this.counts, elements);
      this.instance.run.measureHalf(elements);
      this.count += elements;
    });
  }

  /** To be added to no more. */
  finish(): BinCounts {
    this.bins.release(this.counts);
    return this.counts;
  }
}

/** @param total no count can be larger */
function sumOf(a: FineHistogram | undefined, b: FineHistogram, total: number): FineHistogram {
  if (a === undefined) return b;
  const firstBin = Math.min(a.firstBin, b.firstBin);
  const length = Math.max(a.firstBin + a.positive.length, b.firstBin + b.positive.length) - firstBin;
  const side = (sign: 'positive' | 'negative') => {
    const sum = total > maxU32 ? new Float64Array(length) : new Uint32Array(length);
    for (const part of [a, b]) {
      const counts = part[sign];
      const offset = part.firstBin - firstBin;
      for (let i = 0; i < counts.length; i++) sum[offset + i]! += counts[i]!;
    }
    return sum;
  };
  return { firstBin, positive: side('positive'), negative: side('negative') };
}

/** Without the empty bins at both ends. */
export function trimmed({ firstBin, positive, negative }: FineHistogram): FineHistogram {
  const isEmpty = (i: number) => positive[i] === 0 && negative[i] === 0;
  let start = 0;
  let end = positive.length;
  while (start < end && isEmpty(start)) start++;
  while (end > start && isEmpty(end - 1)) end--;
  if (start === end) firstBin = 0;
  else firstBin += start;
  return start === 0 && end === positive.length
    ? { firstBin, positive, negative }
    : { firstBin, positive: positive.slice(start, end), negative: negative.slice(start, end) };
}

/** Counts by fine bin of one accumulator, kept in the instance's one table while it is the accumulator at work. */
import type { FineHistogram } from '../../tensors/statistics';

const signBit = 0x8000;
const maxU32 = 2 ** 32 - 1;

export class BinTable {
  private readonly table: Uint32Array;
  private user: BinCounts | undefined;

  /** @param table counts by the top 16 bits of a value, all zero */
  constructor(table: Uint32Array) {
    this.table = table;
  }

  /** Makes the table that of `counts`, about to be given `elements` more: whatever else it holds is put away. */
  claim(counts: BinCounts, elements: number): void {
    if (this.user === counts && counts.inTable + elements <= maxU32) return;
    this.user?.takeFrom(this.table);
    this.user = counts;
  }

  /** Empties the table into `counts` if it holds theirs. */
  release(counts: BinCounts): void {
    if (this.user !== counts) return;
    counts.takeFrom(this.table);
    this.user = undefined;
  }
}

export class BinCounts {
  /** Elements now counted in the table. */
  inTable = 0;
  /** The bin of infinity; it and those above, of NaN, are cleared from the table and not kept. */
  private readonly infinityBin: number;
  /** Of the finite values in the table. */
  private lowBin = 0xffff;
  private highBin = -1;
  private anyNonFinite = false;
  private total = 0;
  private taken: FineHistogram | undefined;

  constructor(infinityBin: number) {
    this.infinityBin = infinityBin;
  }

  /** Notes that a block was counted in the table. @param lowBin of its finite values, as highBin */
  note(elements: number, finite: number, lowBin: number, highBin: number): void {
    this.inTable += elements;
    this.total += elements;
    if (finite < elements) this.anyNonFinite = true;
    this.lowBin = Math.min(this.lowBin, lowBin);
    this.highBin = Math.max(this.highBin, highBin);
  }

  /** All counts, `[-0]` still among the negative ones; the caller may change them. */
  histogram(): FineHistogram {
    return this.taken ?? { firstBin: 0, positive: new Uint32Array(0), negative: new Uint32Array(0) };
  }

  /** Moves the counts out of the table and clears what they touched: for a small tensor, far less than the table. */
  takeFrom(table: Uint32Array): void {
    const { lowBin, highBin } = this;
    if (lowBin <= highBin) {
      this.taken = sumOf(
        this.taken,
        {
          firstBin: lowBin,
          positive: table.slice(lowBin, highBin + 1),
          negative: table.slice(signBit + lowBin, signBit + highBin + 1),
        },
        this.total,
      );
      table.fill(0, lowBin, highBin + 1);
      table.fill(0, signBit + lowBin, signBit + highBin + 1);
    }
    if (this.anyNonFinite) {
      table.fill(0, this.infinityBin, signBit);
      table.fill(0, signBit + this.infinityBin);
    }
    this.inTable = 0;
    this.lowBin = 0xffff;
    this.highBin = -1;
    this.anyNonFinite = false;
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

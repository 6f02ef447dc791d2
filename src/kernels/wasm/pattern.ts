/** The lowest of every m neighbours: ranked in the module where m is small, or found there by halving, or selected here. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { numbersOf } from '../../tensors/numbers';
import { type ApplyCounts, type PatternMask, type ScoreApplier, stripOf, type ThresholdMask } from '../kernels';
import { infinityOf } from './apply';
import { WasmEraser } from './eraser';
import type { KernelInstance } from './instance';
import { kthSmallest } from './kthSmallest';

/** Ranking holds each element against all m: beyond this, selecting is quicker. */
const maxRanked = 32;

export class WasmPattern implements ScoreApplier {
  private readonly instance: KernelInstance;
  private readonly dtype: PrunableDtype;
  private readonly scoreDtype: PrunableDtype;
  private readonly width: number;
  private readonly scoreWidth: number;
  private readonly isMagnitude: boolean;
  private readonly mask: PatternMask;
  private readonly eraser: WasmEraser;
  /** Elements that fit in the block, with their scores beside it. */
  private readonly capacity: number;
  /** Of each m, if none was removed. */
  private readonly going: number;
  /** Run the kernels of the scores' dtype: on so many rows of so many columns, and on rows that lie side by side. */
  private readonly rank: (count: number, rows: number, columns: number) => void;
  private readonly selectRows: (count: number) => void;

  constructor(
    instance: KernelInstance,
    dtype: PrunableDtype,
    scoreDtype: PrunableDtype,
    criterion: ThresholdMask['criterion'],
    mask: PatternMask,
  ) {
    this.instance = instance;
    this.dtype = dtype;
    this.scoreDtype = scoreDtype;
    this.width = byteWidthOf(dtype);
    this.scoreWidth = byteWidthOf(scoreDtype);
    this.isMagnitude = criterion === 'magnitude';
    this.mask = mask;
    this.eraser = new WasmEraser(instance, dtype);
    this.capacity = instance.capacity(this.width, this.scoreWidth);
    const { run } = instance;
    const signed = criterion === 'signed';
    const infinity = infinityOf(scoreDtype);
    const { m, amount } = mask;
    const removedFirst = 'keep' in amount;
    const going = removedFirst ? Math.max(0, m - amount.keep) : Math.min(m, amount.drop);
    this.going = going;
    switch (scoreDtype) {
      case 'F64':
        this.rank = (count, rows, columns) =>
          run.patternF64(count, signed, infinity, m, rows, columns, going, removedFirst);
        this.selectRows = (count) => run.selectF64(count, signed, infinity, m, going, removedFirst);
        break;
      case 'F32':
        this.rank = (count, rows, columns) =>
          run.patternF32(count, signed, Number(infinity), m, rows, columns, going, removedFirst);
        this.selectRows = (count) => run.selectF32(count, signed, Number(infinity), m, going, removedFirst);
        break;
      case 'F16':
      case 'BF16':
        this.rank = (count, rows, columns) =>
          run.patternHalf(count, signed, Number(infinity), m, rows, columns, going, removedFirst);
        this.selectRows = (count) => run.selectHalf(count, signed, Number(infinity), m, going, removedFirst);
    }
  }

  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): boolean {
    const { m, size, stride, run } = this.mask;
    const strip = stripOf(this.mask);
    const isRanked = m <= maxRanked && run === 1;
    if (strip <= this.capacity) {
      if (isRanked) {
        return this.applyInBlocks(bytes, scores, kept, (count) => this.rank(count, strip / stride, stride));
      }
      if (stride === 1 && size % m === 0 && this.going > 0) {
        return this.applyInBlocks(bytes, scores, kept, this.selectRows);
      }
    }
    return isRanked ? this.applyInTiles(bytes, scores, kept) : this.applySelected(bytes, scores, kept);
  }

  /** As many whole strips at once as the block holds. */
  private applyInBlocks(
    bytes: Uint8Array,
    scores: Uint8Array,
    kept: Uint8Array | undefined,
    choose: (count: number) => void,
  ): boolean {
    const elements = bytes.length / this.width;
    const whole = this.capacity - (this.capacity % stripOf(this.mask));
    let changed = false;
    for (let start = 0; start < elements; start += whole) {
      const tile = { start, rows: 1, apart: 0, columns: Math.min(whole, elements - start) };
      if (this.applyTile(tile, bytes, scores, kept, choose)) changed = true;
    }
    return changed;
  }

  /** Strips larger than the block are cut along the stride, which may be long, into tiles of m rows. */
  private applyInTiles(bytes: Uint8Array, scores: Uint8Array, kept: Uint8Array | undefined): boolean {
    const { m, stride } = this.mask;
    const strip = stripOf(this.mask);
    const most = Math.floor(this.capacity / m);
    let changed = false;
    for (let start = 0; start < bytes.length / this.width; start += strip) {
      for (let row = 0; row < strip / stride; row += m) {
        const rows = Math.min(m, strip / stride - row);
        for (let column = 0; column < stride; column += most) {
          const columns = Math.min(most, stride - column);
          const tile = { start: start + row * stride + column, rows, apart: stride, columns };
          const choose = (count: number) => this.rank(count, rows, columns);
          if (this.applyTile(tile, bytes, scores, kept, choose)) changed = true;
        }
      }
    }
    return changed;
  }

  /** @param choose runs a kernel on so many elements of the block */
  private applyTile(
    tile: Tile,
    bytes: Uint8Array,
    scores: Uint8Array,
    kept: Uint8Array | undefined,
    choose: (count: number) => void,
  ): boolean {
    const { width, scoreWidth } = this;
    const part = partOf(bytes, tile, width);
    const keptPart = kept && partOf(kept, tile, 1);
    this.instance.scores.set(partOf(scores, tile, scoreWidth));
    this.eraser.take(part, keptPart);
    choose(part.length / width);
    const changed = this.eraser.erase(part, keptPart);
    if (tile.rows > 1) {
      if (changed) putBack(bytes, tile, width, part);
      if (kept && keptPart) putBack(kept, tile, 1, keptPart);
    }
    return changed;
  }

  private applySelected(bytes: Uint8Array, scores: Uint8Array, kept: Uint8Array | undefined): boolean {
    const { width, scoreWidth } = this;
    const strip = stripOf(this.mask);
    const { capacity } = this;
    const chosen = new Uint8Array(strip);
    let changed = false;
    for (let start = 0; start < bytes.length / width; start += strip) {
      const stripBytes = bytes.subarray(start * width, (start + strip) * width);
      const stripKept = kept?.subarray(start, start + strip);
      chosen.fill(0);
      this.select(chosen, stripBytes, scores.subarray(start * scoreWidth, (start + strip) * scoreWidth), stripKept);
      for (let at = 0; at < strip; at += capacity) {
        const part = stripBytes.subarray(at * width, (at + capacity) * width);
        const keptPart = stripKept?.subarray(at, at + capacity);
        this.eraser.take(part, keptPart);
        this.instance.gone.set(chosen.subarray(at, at + capacity));
        if (this.eraser.erase(part, keptPart)) changed = true;
      }
    }
    return changed;
  }

  /** Marks what goes of a unit of the pattern. */
  private select(chosen: Uint8Array, bytes: Uint8Array, scores: Uint8Array, kept: Uint8Array | undefined): void {
    const { m, stride, run } = this.mask;
    const given = numbersOf(this.scoreDtype, scores);
    const elements = numbersOf(this.dtype, bytes);
    const rivals = new Rivals(m);
    for (let first = 0; first + m <= (chosen.length * run) / stride; first += m) {
      for (let column = 0; column < stride / run; column++) {
        const start = (first / run) * stride + column * run;
        rivals.clear();
        for (let i = 0; i < m; i++) {
          const at = run === 1 ? start + i * stride : start + Math.floor(i / run) * stride + (i % run);
          if (kept?.[at] === 0) continue;
          const score = this.isMagnitude ? Math.abs(given[at]!) : given[at]!;
          rivals.add(at, elements[at]! - elements[at]! === 0 ? score : Number.NaN);
        }
        rivals.choose(this.mask.amount, chosen);
      }
    }
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

/** Elements that compete with each other. */
class Rivals {
  private readonly scores: Float64Array;
  private readonly places: Uint32Array;
  private readonly work: Float64Array;
  private able = 0;
  private left = 0;

  constructor(m: number) {
    this.scores = new Float64Array(m);
    this.places = new Uint32Array(m);
    this.work = new Float64Array(m);
  }

  clear(): void {
    this.able = 0;
    this.left = 0;
  }

  /** @param score not finite: it stays */
  add(place: number, score: number): void {
    this.left++;
    if (score - score !== 0) return;
    this.scores[this.able] = score;
    this.places[this.able++] = place;
  }

  choose(amount: PatternMask['amount'], chosen: Uint8Array): void {
    const { scores, places, work, able, left } = this;
    const going = Math.min(able, 'keep' in amount ? left - amount.keep : amount.drop);
    if (going <= 0) return;
    work.set(scores.subarray(0, able));
    const last = kthSmallest(work, able, going - 1);
    let ties = going;
    for (let i = 0; i < able; i++) if (scores[i]! < last) ties--;
    for (let i = 0; i < able; i++) {
      if (scores[i]! < last || (scores[i] === last && ties-- > 0)) chosen[places[i]!] = 1;
    }
  }
}

/** Elements that go into the block together: `rows` runs of `columns` side by side, `apart` from each other. */
interface Tile {
  readonly start: number;
  readonly rows: number;
  readonly apart: number;
  readonly columns: number;
}

/** The bytes of a tile, in place where they lie side by side. */
function partOf(bytes: Uint8Array, { start, rows, apart, columns }: Tile, width: number): Uint8Array {
  if (rows === 1) return bytes.subarray(start * width, (start + columns) * width);
  const part = new Uint8Array(rows * columns * width);
  for (let row = 0; row < rows; row++) {
    const from = (start + row * apart) * width;
    part.set(bytes.subarray(from, from + columns * width), row * columns * width);
  }
  return part;
}

function putBack(bytes: Uint8Array, { start, rows, apart, columns }: Tile, width: number, part: Uint8Array): void {
  for (let row = 0; row < rows; row++) {
    const run = part.subarray(row * columns * width, (row + 1) * columns * width);
    bytes.set(run, (start + row * apart) * width);
  }
}

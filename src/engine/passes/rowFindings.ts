/** One look at the rows of a tensor: which are zero, which are the same as another, and where the greatest weight lies. */
import { rowAxesOf } from '../../tensors/axes';
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import type { RowFindings } from '../../tensors/findings';
import { numbersOf } from '../../tensors/numbers';
import type { Unit } from '../reading/units';
import { indexAt, type Rows, rowsAlong } from './places';

/** Of more rows than this none is held against another: each takes some 100 bytes while they are. */
const maxTwinRows = 2 ** 22;
/** Shorter rows may be alike by chance. */
const leastTwinLength = 4;

/** Stands for whatever is not finite. No other word is the same. */
const notFinite = 0x7fc00000;

const none = new Uint32Array();

/** Fed a unit's elements as they are streamed; `finish` once. */
export class RowDigest {
  private readonly unit: Unit;
  private readonly rows: Rows | undefined;
  /** Two hashes of 32 bits of each row. */
  private readonly first: Uint32Array;
  private readonly second: Uint32Array;
  /** Of each row: 1 where some weight is not zero, 2 where one is not finite. */
  private readonly marks: Uint8Array;
  private index = 0;
  private greatest = -1;
  private greatestAt = 0;
  private greatestValue = 0;

  constructor(unit: Unit, axes: Parameters<typeof rowAxesOf>[0]['axes']) {
    this.unit = unit;
    const along = rowAxesOf({ shape: unit.shape, ...(axes && { axes }) });
    this.rows = along && rowsAlong(unit, along);
    const count = this.rows?.count ?? 0;
    this.first = new Uint32Array(count);
    this.second = new Uint32Array(count).fill(0x2545f491);
    this.marks = new Uint8Array(count);
  }

  add(elements: Uint8Array): void {
    const { dtype } = this.unit;
    this.seeLargest(numbersOf(dtype, elements));
    if (this.rows) this.digest(wordsOf(dtype, elements), this.rows);
    this.index += elements.length / byteWidthOf(dtype);
  }

  private seeLargest(numbers: Float32Array | Float64Array): void {
    let greatest = this.greatest;
    for (let i = 0; i < numbers.length; i++) {
      const magnitude = Math.abs(numbers[i]!);
      if (magnitude > greatest && magnitude < Number.POSITIVE_INFINITY) {
        greatest = magnitude;
        this.greatestAt = this.index + i;
        this.greatestValue = numbers[i]!;
      }
    }
    this.greatest = greatest;
  }

  /** Elements of a row come in one order, whatever lies between them: hashes that go on from element to element tell them apart. */
  private digest(words: Uint32Array, { run, rowAt }: Rows): void {
    const { first, second, marks } = this;
    for (let i = 0; i < words.length; ) {
      const place = this.index + i;
      const row = rowAt(place);
      const end = Math.min(words.length, i + run - (place % run));
      let a = first[row]!;
      let b = second[row]!;
      let mark = marks[row]!;
      for (; i < end; i++) {
        const word = words[i]!;
        if (word !== 0) mark |= word === notFinite ? 3 : 1;
        const mixed = Math.imul(word, 0xcc9e2d51);
        a = (Math.imul(((a ^ mixed) << 13) | ((a ^ mixed) >>> 19), 5) + 0xe6546b64) | 0;
        const other = Math.imul(word ^ (word >>> 15), 0x85ebca6b);
        b = (Math.imul(((b ^ other) << 17) | ((b ^ other) >>> 15), 0x9e3779b1) + 0x38495ab5) | 0;
      }
      first[row] = a;
      second[row] = b;
      marks[row] = mark;
    }
  }

  finish(): RowFindings {
    const { marks, unit, rows } = this;
    const dead: number[] = [];
    for (let row = 0; row < marks.length; row++) if (marks[row] === 0) dead.push(row);
    const largest =
      this.greatest < 0 ? undefined : { value: this.greatestValue, index: indexAt(unit, this.greatestAt) };
    return {
      rows: this.index === 0 ? 0 : (rows?.count ?? 0),
      dead: this.index === 0 ? none : Uint32Array.from(dead),
      twins: this.twins(),
      ...(largest && { largest }),
    };
  }

  private twins(): Uint32Array {
    const { first, second, marks, rows, index } = this;
    if (!rows || rows.count > maxTwinRows || index / rows.count < leastTwinLength) return none;
    const seen = new Map<string, number>();
    const pairs: number[] = [];
    for (let row = 0; row < marks.length; row++) {
      if (marks[row] !== 1) continue;
      const key = `${first[row]} ${second[row]}`;
      const earlier = seen.get(key);
      if (earlier === undefined) seen.set(key, row);
      else pairs.push(row, earlier);
    }
    return Uint32Array.from(pairs);
  }
}

/** A word for each element: 0 for zeros of either sign, `notFinite`, and others that are equal where values are. */
function wordsOf(dtype: PrunableDtype, elements: Uint8Array): Uint32Array {
  const width = byteWidthOf(dtype);
  const { buffer, byteOffset } = elements.byteOffset % Math.min(4, width) === 0 ? elements : elements.slice();
  if (width === 2) {
    const exponent = dtype === 'F16' ? 0x7c00 : 0x7f80;
    const halves = new Uint16Array(buffer, byteOffset, elements.length / 2);
    const words = new Uint32Array(halves.length);
    for (let i = 0; i < halves.length; i++) {
      const bits = halves[i]!;
      if ((bits & exponent) === exponent) words[i] = notFinite;
      else if ((bits & 0x7fff) !== 0) words[i] = bits;
    }
    return words;
  }
  const bits = new Uint32Array(buffer, byteOffset, elements.length / 4);
  const words = new Uint32Array(elements.length / width);
  if (width === 4) {
    for (let i = 0; i < words.length; i++) {
      const word = bits[i]!;
      if ((word & 0x7f800000) === 0x7f800000) words[i] = notFinite;
      else if ((word & 0x7fffffff) !== 0) words[i] = word;
    }
    return words;
  }
  for (let i = 0; i < words.length; i++) {
    const [low, high] = [bits[2 * i]!, bits[2 * i + 1]!];
    if ((high & 0x7ff00000) === 0x7ff00000) words[i] = notFinite;
    else if ((low | (high & 0x7fffffff)) !== 0) words[i] = folded(low, high);
  }
  return words;
}

/** Of the 64 bits of a double, no word that stands for something else. */
function folded(low: number, high: number): number {
  const word = (Math.imul(low, 0x9e3779b1) ^ high) >>> 0;
  return word === 0 || word === notFinite ? 1 : word;
}

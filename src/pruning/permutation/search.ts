/**
 * An order of a layer's inputs in which an n:m pattern keeps more magnitude: the search over groups of stripes of NVIDIA apex
 * (`permutation_search_kernels`, "exhaustive search" with two stripes at a time), on weights alone.
 */
import { at } from '../../lib/known';

/** Magnitudes, input by input: `values[input * rows + row]`. */
export interface Magnitudes {
  readonly rows: number;
  readonly inputs: number;
  readonly values: Float32Array;
}

export interface Pattern {
  readonly n: number;
  readonly m: number;
}

/** Sums of stripes' rows of all trials: a search ends after so many, so that it takes seconds on any layer, and the same ones everywhere. */
const defaultBudget = 4e8;
/** Rows that are looked at; of more, every so-manieth. */
const mostRows = 512;
/** A gain below this share of what a pair keeps is rounding. */
const leastGain = 1e-7;

interface Split {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/**
 * @param pause is awaited often: it lets others work, and throws where the search is to stop
 * @returns the inputs in their new order; stripes are `m` neighbours of it
 */
export async function betterOrder(
  whole: Magnitudes,
  { n, m }: Pattern,
  pause: () => Promise<void> = async () => {},
  budget = defaultBudget,
): Promise<Int32Array> {
  const matrix = sampled(whole);
  const { rows, inputs } = matrix;
  const order = Int32Array.from({ length: inputs }, (_, i) => i);
  const stripes = Math.floor(inputs / m);
  if (stripes < 2 || n >= m || rows === 0) return order;
  const splits = splitsOf(m);
  const kept = new Keeping(matrix, n, m);
  const trial = 2 * splits.length * rows;
  // Of very wide layers only stripes near each other are tried together.
  const reach = Math.max(1, Math.min(stripes - 1, Math.floor(budget / 4 / trial / stripes)));
  const pairs: Pair[] = [];
  for (let a = 0; a < stripes; a++)
    for (let step = 1; step <= reach; step++) {
      const b = (a + step) % stripes;
      if (a !== b && (a < b || step < stripes - step))
        pairs.push({ a: Math.min(a, b), b: Math.max(a, b), gain: 0, split: at(splits, 0) });
    }
  const changed = new Uint8Array(stripes).fill(1);
  let spent = 0;
  while (spent < budget) {
    for (const pair of pairs) {
      if (changed[pair.a] === 0 && changed[pair.b] === 0) continue;
      weigh(pair, order, m, splits, kept);
      spent += trial;
      if (spent % (trial * 16) === 0) await pause();
    }
    await pause();
    changed.fill(0);
    // The best first, each stripe once: what is left of the list is still true.
    const better = pairs.filter(({ gain }) => gain > 0).sort((x, y) => y.gain - x.gain || x.a - y.a || x.b - y.b);
    for (const { a, b, split } of better) {
      if (changed[a] === 1 || changed[b] === 1) continue;
      rearrange(order, a, b, m, split);
      changed[a] = 1;
      changed[b] = 1;
    }
    if (better.length === 0) break;
  }
  return order;
}

/** The magnitude that the pattern keeps of an order of inputs; a ragged tail is kept whole. */
export function keptMagnitude(matrix: Magnitudes, { n, m }: Pattern, order: ArrayLike<number>): number {
  const kept = new Keeping(matrix, n, m);
  let sum = 0;
  for (let first = 0; first < matrix.inputs; first += m) {
    const stripe = Array.from({ length: Math.min(m, matrix.inputs - first) }, (_, i) => order[first + i] ?? 0);
    sum += kept.of(stripe);
  }
  return sum;
}

interface Pair {
  readonly a: number;
  readonly b: number;
  gain: number;
  split: Split;
}

function sampled({ rows, inputs, values }: Magnitudes): Magnitudes {
  if (rows <= mostRows) return { rows, inputs, values };
  const step = rows / mostRows;
  const some = new Float32Array(inputs * mostRows);
  for (let input = 0; input < inputs; input++)
    for (let row = 0; row < mostRows; row++)
      some[input * mostRows + row] = values[input * rows + Math.floor(row * step)]!;
  return { rows: mostRows, inputs, values: some };
}

/** Ways to share the inputs of two stripes out: all of them for small stripes, else those that swap two inputs. The first leaves them as they are. */
function splitsOf(m: number): Split[] {
  const all = Array.from({ length: 2 * m }, (_, i) => i);
  const [left, right] = [all.slice(0, m), all.slice(m)];
  const splits: Split[] = [{ first: left, second: right }];
  if (m > 4) {
    for (const i of left) for (const j of right) splits.push({ first: left.with(i, j), second: right.with(j - m, i) });
    return splits;
  }
  // Subsets with the first input: the other half mirrors them.
  for (let bits = 0; bits < 1 << (2 * m); bits++) {
    const first = all.filter((i) => (bits >> i) & 1);
    if (first.length !== m || first[0] !== 0 || first.every((i) => i < m)) continue;
    splits.push({ first, second: all.filter((i) => !first.includes(i)) });
  }
  return splits;
}

function weigh(pair: Pair, order: Int32Array, m: number, splits: readonly Split[], kept: Keeping): void {
  const inputs = Array.from({ length: 2 * m }, (_, i) => order[(i < m ? pair.a : pair.b) * m + (i % m)]!);
  const of = ({ first, second }: Split) =>
    kept.of(first.map((i) => inputs[i]!)) + kept.of(second.map((i) => inputs[i]!));
  const before = of(splits[0]!);
  let best = before * (1 + leastGain);
  pair.gain = 0;
  for (let i = 1; i < splits.length; i++) {
    const sum = of(splits[i]!);
    if (sum <= best) continue;
    best = sum;
    pair.gain = sum - before;
    pair.split = splits[i]!;
  }
}

function rearrange(order: Int32Array, a: number, b: number, m: number, { first, second }: Split): void {
  const inputs = Array.from({ length: 2 * m }, (_, i) => order[(i < m ? a : b) * m + (i % m)]!);
  first.forEach((i, place) => {
    order[a * m + place] = inputs[i]!;
  });
  second.forEach((i, place) => {
    order[b * m + place] = inputs[i]!;
  });
}

/** Sums of what a pattern keeps of stripes. */
class Keeping {
  private readonly matrix: Magnitudes;
  private readonly n: number;
  private readonly m: number;
  private readonly highest: Float64Array;

  constructor(matrix: Magnitudes, n: number, m: number) {
    this.matrix = matrix;
    this.n = n;
    this.m = m;
    this.highest = new Float64Array(n);
  }

  /** Over all rows; all of a stripe that is shorter than m. */
  of(stripe: readonly number[]): number {
    if (stripe.length === this.m && this.n === 2 && this.m === 4) return this.twoOfFour(stripe);
    const { rows, values } = this.matrix;
    const count = stripe.length < this.m ? stripe.length : this.n;
    const highest = count === this.n ? this.highest : new Float64Array(count);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      highest.fill(0);
      for (const input of stripe) {
        let value = values[input * rows + row]!;
        for (let place = 0; place < count; place++) {
          const held = highest[place]!;
          if (value <= held) continue;
          highest[place] = value;
          value = held;
        }
      }
      for (let place = 0; place < count; place++) sum += highest[place]!;
    }
    return sum;
  }

  /** The two highest of four hold the higher of both pairs, or one of the pairs. */
  private twoOfFour(stripe: readonly number[]): number {
    const { rows, values } = this.matrix;
    const a = stripe[0]! * rows;
    const b = stripe[1]! * rows;
    const c = stripe[2]! * rows;
    const d = stripe[3]! * rows;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const p = values[a + row]!;
      const q = values[b + row]!;
      const r = values[c + row]!;
      const s = values[d + row]!;
      sum += Math.max(Math.max(p, q) + Math.max(r, s), p + q, r + s);
    }
    return sum;
  }
}

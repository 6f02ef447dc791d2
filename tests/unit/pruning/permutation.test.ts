/** The search for an order of inputs, on a matrix whose figures NumPy has (tests/golden/permutation.py). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { permutedOutcomes, whyNotPermuted } from '../../../src/pruning/permutation/permuted';
import { betterOrder, keptMagnitude, type Magnitudes } from '../../../src/pruning/permutation/search';
import type { Mask, Outcome } from '../../../src/pruning/resolution';

const goldens = resolve(import.meta.dirname, '../../golden/files/permutation');
const figures = JSON.parse(readFileSync(resolve(goldens, 'permutation.json'), 'utf8'));
const pattern = { n: 2, m: 4 };

/** @param most rows, of 64 */
function golden(most = 64): Magnitudes {
  const { inputs } = figures;
  const rows = Math.min(most, figures.rows);
  const bytes = new Uint8Array(readFileSync(resolve(goldens, 'permutation.i16')));
  const stored = new Int16Array(bytes.buffer, 0, rows * inputs);
  const values = new Float32Array(rows * inputs);
  stored.forEach((value, place) => {
    values[(place % inputs) * rows + Math.floor(place / inputs)] = Math.abs(value) / 4096;
  });
  return { rows, inputs, values };
}

const inPlace = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe('the search for an order of inputs', () => {
  it('wins as much of what 2:4 loses to single weights as NumPy’s does, and at least 30 %', async () => {
    const matrix = golden();
    const plain = keptMagnitude(matrix, pattern, inPlace(matrix.inputs));
    expect(plain).toBeCloseTo(figures.plain, 3);
    const order = await betterOrder(matrix, pattern);
    expect([...order].sort((a, b) => a - b)).toEqual([...inPlace(matrix.inputs)]);
    const won = (kept: number) => (kept - figures.plain) / (figures.unstructured - figures.plain);
    const permuted = won(keptMagnitude(matrix, pattern, order));
    expect(permuted).toBeGreaterThan(0.3);
    expect(permuted).toBeGreaterThan(won(figures.searched) - 0.05);
    expect(await betterOrder(matrix, pattern)).toEqual(order);
  });

  it.each([
    { n: 1, m: 4 },
    { n: 3, m: 4 },
    { n: 1, m: 2 },
    { n: 4, m: 8 },
    { n: 5, m: 16 },
  ])('never keeps less, with $n:$m', async (other) => {
    const matrix = golden(8);
    const order = await betterOrder(matrix, other, undefined, 1e6);
    const plain = keptMagnitude(matrix, other, inPlace(matrix.inputs));
    expect(keptMagnitude(matrix, other, order)).toBeGreaterThan(plain);
  });

  it('leaves a ragged tail, and what has one stripe alone, in place', async () => {
    const { rows, values } = golden();
    const ragged = await betterOrder({ rows, inputs: 18, values: values.slice(0, 18 * rows) }, pattern);
    expect([...ragged.slice(16)]).toEqual([16, 17]);
    expect(await betterOrder({ rows, inputs: 7, values: values.slice(0, 7 * rows) }, pattern)).toEqual(inPlace(7));
  });

  it('stops where it is told to, and where its work is done', async () => {
    const stop = async () => {
      throw new Error('stopped');
    };
    await expect(betterOrder(golden(), pattern, stop)).rejects.toThrow('stopped');
    expect(await betterOrder(golden(), pattern, undefined, 0)).toEqual(inPlace(128));
  });
});

describe('masks over channels in another order', () => {
  const score = { criterion: 'magnitude' } as const;
  const outcome = (...program: Mask[]): Outcome => ({ rule: 0, program, pruned: 2, zeros: 2, exact: true });
  const tensors = [{ tensor: 0, axes: [{ axis: 1, kept: [2, 0, 1] }] }];

  it('come behind the permuted weights; slices keep their channels', () => {
    const nOfM: Mask = { kind: 'pattern', score, n: 2, m: 4, axis: 1 };
    const slices: Mask = { kind: 'slices', cuts: [{ axis: 1, indices: [0, 2] }] };
    const counts = new Map([[0, { pruned: 1, zeros: 1 }]]);
    const [made] = permutedOutcomes(new Map([[0, outcome(slices, nOfM)]]), tensors, 'p', counts).values();
    expect(made?.program).toEqual([
      { kind: 'values', repair: 'p' },
      { kind: 'slices', cuts: [{ axis: 1, indices: [0, 1] }] },
      nOfM,
    ]);
    // What no rule decides for has its new order alone.
    expect(permutedOutcomes(new Map(), tensors, 'p', counts).get(0)).toMatchObject({ rule: -1, zeros: 1, exact: true });
  });

  it('are refused where they belong to the order of the file', () => {
    const refused = (mask: Mask) => whyNotPermuted(new Map([[0, outcome(mask)]]), tensors);
    expect(refused({ kind: 'values', repair: 'r' })).toContain('Repaired');
    expect(refused({ kind: 'rows', score, axes: [0], count: 1 })).toContain('rows');
    expect(refused({ kind: 'pattern', score: { criterion: 'activation' }, n: 2, m: 4, axis: 1 })).toContain(
      'norms of inputs',
    );
    expect(refused({ kind: 'pattern', score, n: 2, m: 4, axis: 1 })).toBeUndefined();
  });
});

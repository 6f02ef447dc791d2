/** The two ways to solve a layer's equations give the same weights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Moments } from '../../../../src/evaluation/repair/moments';
import { Products } from '../../../../src/evaluation/repair/products';
import { errorOf, type Problem, solve } from '../../../../src/evaluation/repair/solve';
import { loadRuntime } from '../../../../src/evaluation/runtime';
import { randomScore, streamOf } from '../../../../src/tensors/random';

const stream = streamOf('solve.test');
let next = 0;
const draw = () => randomScore(7, stream, next++) * 2 - 1;
const { signal } = new AbortController();

/** Rows whose neighbouring inputs have something in common, and outputs that are of all of them. */
async function problemOf(
  inputs: number,
  outputs: number,
  kept: number,
  products: Products,
): Promise<Problem & Moments> {
  const original = Float64Array.from({ length: inputs * outputs }, draw);
  const free = Uint8Array.from({ length: inputs * outputs }, () => (draw() < kept * 2 - 1 ? 1 : 0));
  const start = original.map((value, i) => (free[i] === 1 ? value : 0));
  const moments = new Moments(inputs, outputs, 1);
  await moments.add(
    inputs * 4,
    inputs * 4,
    (_, x, xStart, y, yStart) => {
      for (let i = 0; i < inputs; i++) x[xStart + i] = draw() + (i === 0 ? 0 : x[xStart + i - 1]! * 0.7);
      for (let output = 0; output < outputs; output++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += x[xStart + i]! * original[output * inputs + i]!;
        y[yStart + output] = sum;
      }
    },
    products,
  );
  await moments.flush(products);
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += moments.h[i * inputs + i]!;
  const { h, b, energy, rows } = moments;
  return { inputs, outputs, h, b, energy, rows, lambda: (0.01 * trace) / inputs, original, start, free } as Problem &
    Moments;
}

/** (V (H + λI) − B − λ W0) ∘ free, over B + λ W0. */
function residualOf(v: Float64Array, { inputs, outputs, h, b, lambda, original, free }: Problem): number {
  let rest = 0;
  let all = 0;
  for (let output = 0; output < outputs; output++) {
    for (let i = 0; i < inputs; i++) {
      if (free[output * inputs + i] === 0) continue;
      const wanted = b[i * outputs + output]! + lambda * original[output * inputs + i]!;
      let sum = lambda * v[output * inputs + i]!;
      for (let j = 0; j < inputs; j++) sum += h[i * inputs + j]! * v[output * inputs + j]!;
      rest += (sum - wanted) ** 2;
      all += wanted ** 2;
    }
  }
  return Math.sqrt(rest / all);
}

describe('the equations of a layer', () => {
  let products: Products;
  beforeAll(async () => {
    products = await Products.start(await loadRuntime(), signal);
  });
  afterAll(() => products.release());

  it('are solved exactly where few weights are left', async () => {
    const problem = await problemOf(60, 12, 0.2, products);
    const solved = await solve(problem, products, signal);
    expect(residualOf(solved, problem)).toBeLessThan(1e-9);
    expect(solved.every((value, i) => problem.free[i] === 1 || value === 0)).toBe(true);
  });

  it('are solved by conjugate gradients where each of many outputs has many of its own', async () => {
    const problem = await problemOf(160, 48, 0.8, products);
    const solved = await solve(problem, products, signal);
    const residual = residualOf(solved, problem);
    // Exact solutions have none to speak of: this is the other way.
    expect(residual).toBeGreaterThan(1e-9);
    expect(residual).toBeLessThan(1e-3);
    expect(solved.every((value, i) => problem.free[i] === 1 || value === 0)).toBe(true);
    expect(await errorOf(solved, problem, products)).toBeLessThan(await errorOf(problem.start, problem, products));
  });

  it('leave out rows that have numbers that are none', async () => {
    const moments = new Moments(2, 1, 1);
    const rows = [
      [1, 2, 3],
      [1, Number.NaN, 3],
      [Number.POSITIVE_INFINITY, 1, 1],
      [3, 4, Number.NaN],
      [0, 1, 1],
    ];
    await moments.add(
      rows.length,
      rows.length,
      (row, x, xStart, y, yStart) => {
        x.set(rows[row]!.slice(0, 2), xStart);
        y[yStart] = rows[row]![2]!;
      },
      products,
    );
    await moments.flush(products);
    expect(moments.rows).toBe(2);
    expect([...moments.h]).toEqual([1, 2, 2, 5]);
    expect([...moments.b]).toEqual([3, 7]);
    expect(moments.energy).toBe(10);
  });

  it('stop as soon as nobody waits for them', async () => {
    const problem = await problemOf(60, 12, 0.2, products);
    await expect(solve(problem, products, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** Erdős–Rényi-kernel densities and layer-adaptive scores, held against their definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erkCounts } from '../../../src/pruning/erk';
import type { Rule } from '../../../src/pruning/recipe';
import { roundHalfEven } from '../../../src/pruning/round';
import { weights } from '../kernels/support';
import { model } from './arbitraries';
import { maskOf, recipeOf, resolutionsOf, type Tensor, tensorOfValues } from './support';

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});

function tensorsOf(shapes: readonly (readonly number[])[]) {
  return shapes.map((shape) => ({ shape, count: shape.reduce((all, size) => all * size, 1) }));
}

describe('Erdős–Rényi-kernel densities', () => {
  it('are those of the paper for a small network', () => {
    const tensors = tensorsOf([
      [16, 3, 3, 3],
      [32, 16, 3, 3],
      [10, 32],
    ]);
    const raw = [25 / 432, 54 / 4608, 42 / 320];
    const [first, second, third] = tensors.map(({ count }) => count) as [number, number, number];
    // At 80 % only the linear layer would exceed 1.
    const kept = 0.2 * (first + second + third);
    const epsilon = (kept - third) / (raw[0]! * first + raw[1]! * second);
    expect(epsilon * raw[2]!).toBeGreaterThan(1);
    const pruned = [(1 - epsilon * raw[0]!) * first, (1 - epsilon * raw[1]!) * second, 0].map(roundHalfEven);
    expect(erkCounts(tensors, 0.8, 0)).toEqual(pruned);
  });

  it('leave what was asked for, with every density within its bounds and in proportion', () => {
    fc.assert(
      fc.property(shapes, fraction, fc.constantFrom(0, 0.05, 0.5), (made, sparsity, keep) => {
        const tensors = tensorsOf(made);
        const counts = erkCounts(tensors, sparsity, keep);
        const all = tensors.reduce((sum, { count }) => sum + count, 0);
        const pruned = counts.reduce((sum, count) => sum + count, 0);
        // Each is rounded for itself.
        expect(Math.abs(pruned - Math.min(sparsity, 1 - keep) * all)).toBeLessThanOrEqual(
          tensors.length / 2 + 1e-6 * all,
        );
        const ratios = tensors.flatMap(({ shape, count }, i) => {
          expect(counts[i]).toBeGreaterThanOrEqual(0);
          expect(count - counts[i]!).toBeGreaterThanOrEqual(keep * count - 0.5 - 1e-9 * count);
          const isFree = counts[i]! > 1 && counts[i]! < (1 - keep) * count - 1;
          const raw = shape.reduce((sum, size) => sum + size, 0) / count;
          // How far a rounding of one half moves the ratio.
          return isFree ? [{ ratio: (count - counts[i]!) / count / raw, slack: 1 / count / raw }] : [];
        });
        for (const a of ratios) {
          for (const b of ratios) expect(Math.abs(a.ratio - b.ratio)).toBeLessThanOrEqual(a.slack + b.slack + 1e-9);
        }
      }),
    );
  });

  it('prune nothing of nothing', () => {
    expect(erkCounts([{ shape: [0, 3], count: 0 }], 0.5, 0)).toEqual([0]);
    expect(erkCounts([], 0.5, 0)).toEqual([]);
  });
});

/** w² over the sum of v² of its tensor with |v| >= |w|, of what is finite. */
function lampScores({ values }: Tensor): number[] {
  const squares = values.map((value) => (Number.isFinite(value) ? value * value : Number.NaN));
  return squares.map((square) => {
    const sum = squares.reduce((all, other) => (other >= square ? all + other : all), 0);
    return square === 0 ? 0 : square / sum;
  });
}

const rule: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'lamp', amount: { sparsity: 0.5 } };

describe('layer-adaptive scores', () => {
  it('let the lowest of all tensors go, but for what a floor holds back', () => {
    fc.assert(
      fc.property(model, fraction, fc.constantFrom(0, 0.2, 0.6), (tensors, sparsity, keep) => {
        // Squares of f64 can leave the range of f64.
        const moderate = tensors.filter(({ candidate: { byDefault }, values }) => {
          return byDefault && values.every((v) => !(Math.abs(v) > 1e100) && (v === 0 || !(Math.abs(v) < 1e-100)));
        });
        const recipe = recipeOf({ ...rule, amount: { sparsity }, ...(keep > 0 && { keep }) });
        const resolutions = resolutionsOf(recipe, moderate);
        // Sums of squares, the bins that they leave open, and one where a floor is.
        expect(resolutions.length).toBeLessThanOrEqual(4);
        const { outcomes } = resolutions.at(-1)!;
        const all = moderate.map((tensor) => {
          const finite = tensor.values.filter(Number.isFinite).length;
          const room = Math.min(finite, tensor.values.length - Math.ceil(keep * tensor.values.length));
          return { tensor, room, goes: maskOf(tensor, outcomes.get(tensor.candidate.id)!.program) };
        });
        const count = all.reduce((sum, { tensor }) => sum + tensor.values.length, 0);
        const possible = all.reduce((sum, { room }) => sum + room, 0);
        const gone = all.map(({ goes }) => goes.filter(Boolean).length);
        expect(gone.reduce((sum, each) => sum + each, 0)).toBe(Math.min(possible, roundHalfEven(sparsity * count)));
        const scored = all.flatMap(({ tensor, room, goes }, i) => {
          expect(outcomes.get(tensor.candidate.id)).toMatchObject({ exact: true, pruned: gone[i] });
          expect(gone[i]).toBeLessThanOrEqual(room);
          return lampScores(tensor).map((score, at) => ({ score, goes: goes[at]!, isFull: gone[i] === room, tensor }));
        });
        const highestGone = Math.max(0, ...scored.filter(({ goes }) => goes).map(({ score }) => score));
        for (const { score, goes, isFull } of scored) {
          if (!goes && !isFull && !Number.isNaN(score)) expect(score).toBeGreaterThanOrEqual(highestGone * (1 - 1e-9));
        }
      }),
    );
  }, 30_000);

  it('take less of a layer with fewer weights', () => {
    const tensors = [tensorOfValues('F32', weights(2000, 1), 0), tensorOfValues('F32', weights(50, 2), 1)];
    const { outcomes } = resolutionsOf(recipeOf({ ...rule, amount: { sparsity: 0.9 } }), tensors).at(-1)!;
    const sparsities = tensors.map(({ candidate, values }) => outcomes.get(candidate.id)!.pruned / values.length);
    expect(sparsities[1]).toBeLessThan(sparsities[0]!);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binForCount,
  countAtOrBelow,
  displayBins,
  snapToBin,
  sparkline,
  thresholdForSparsity,
} from '../../../src/pruning/histogram';
import type { Ranking } from '../../../src/pruning/ranking';
import { gridOf, scoreBinOf, scoreHigh } from '../../../src/pruning/scoreBins';
import { roundToDtype } from '../../../src/tensors/half';
import type { RefinedBin } from '../../../src/tensors/statistics';
import { weights } from '../kernels/support';
import { finiteOf, model, modelAndThreshold, ranking } from './arbitraries';
import { candidatesOf, kernels, scoreOf, type Tensor, tensorOfValues } from './support';

function scoresOf(tensors: readonly Tensor[], by: Ranking): number[] {
  return tensors.flatMap((tensor) => finiteOf(tensor).map((value) => scoreOf(by, value))).sort((a, b) => a - b);
}

function refined({ candidate, bytes }: Tensor, bin: number): RefinedBin {
  const accumulator = kernels.refineBin(candidate.dtype, bin);
  accumulator.add(bytes);
  return accumulator.finish();
}

describe('how many weights a threshold takes', () => {
  it('is exact or between the counts of the bin ends, and exact once the bin was looked into', () => {
    fc.assert(
      fc.property(modelAndThreshold, ranking, ([tensors, threshold], by) => {
        for (const tensor of tensors) {
          const { candidate } = tensor;
          const rounded = roundToDtype(threshold, candidate.dtype);
          const expected = scoresOf([tensor], by).filter((score) => score <= rounded).length;
          const { count, exact, bin } = countAtOrBelow(candidate, by, threshold);
          if (exact) expect(count).toBe(expected);
          else expect(['F32', 'F64']).toContain(candidate.dtype);
          const lookedInto = countAtOrBelow(candidate, by, threshold, (each) =>
            each === bin ? refined(tensor, bin) : undefined,
          );
          expect(lookedInto).toMatchObject({ count: expected, exact: true });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('grows with the threshold, estimated or not', () => {
    const pair = fc.tuple(fc.integer({ min: -70, max: 70 }), fc.integer({ min: -70, max: 70 }));
    fc.assert(
      fc.property(model, ranking, pair, (tensors, by, steps) => {
        const [low, high] = [Math.min(...steps), Math.max(...steps)].map((step) => 0.5 + step * 2 ** -14);
        for (const { candidate } of tensors) {
          const counts = [low!, high!].map((threshold) => countAtOrBelow(candidate, by, threshold).count);
          expect(counts[0]).toBeLessThanOrEqual(counts[1]!);
        }
      }),
    );
  });
});

describe('a dragged handle', () => {
  it('stops where counts are exact, next to where it is', () => {
    fc.assert(
      fc.property(modelAndThreshold, ranking, ([tensors, threshold], by) => {
        const candidates = candidatesOf(tensors);
        const stop = snapToBin(candidates, by, threshold);
        for (const candidate of candidates) expect(countAtOrBelow(candidate, by, stop).exact).toBe(true);
        expect(snapToBin(candidates, by, stop)).toBe(stop);
        const grid = gridOf(candidates);
        const rounded = roundToDtype(threshold, grid);
        if (!Number.isFinite(rounded) || (by === 'magnitude' && threshold < 0)) return;
        const bin = scoreBinOf(grid, rounded);
        for (const other of [bin - 1, bin].filter((each) => each >= 0 || by === 'signed')) {
          const distance = Math.abs(scoreHigh(grid, other) - threshold);
          if (threshold !== 0 && Number.isFinite(distance))
            expect(Math.abs(stop - threshold)).toBeLessThanOrEqual(distance);
        }
      }),
    );
  });

  it('stops at 0 for 0, and for what is below by magnitude', () => {
    const tensors = [tensorOfValues('F32', weights(50)).candidate];
    expect(snapToBin(tensors, 'magnitude', 0)).toBe(0);
    expect(snapToBin(tensors, 'signed', 0)).toBe(0);
    expect(snapToBin(tensors, 'magnitude', -1)).toBe(0);
    expect(snapToBin(tensors, 'signed', -0.1)).toBeLessThan(0);
  });
});

describe('the threshold for a sparsity', () => {
  it('comes nearer to it than the end of any other bin', () => {
    fc.assert(
      fc.property(model, ranking, fc.double({ min: 0, max: 1, noNaN: true }), (tensors, by, sparsity) => {
        const candidates = candidatesOf(tensors);
        const grid = gridOf(candidates);
        const scores = scoresOf(tensors, by);
        const wanted = sparsity * candidates.reduce((sum, { statistics }) => sum + statistics.count, 0);
        const missed = (threshold: number) => Math.abs(scores.filter((score) => score <= threshold).length - wanted);
        const threshold = thresholdForSparsity(candidates, by, sparsity);
        expect(snapToBin(candidates, by, threshold)).toBe(threshold);
        if (threshold === 0) return;
        for (const score of scores) {
          expect(missed(threshold)).toBeLessThanOrEqual(missed(scoreHigh(grid, scoreBinOf(grid, score))));
        }
      }),
    );
  });

  it('is 0 as long as that much is zero already', () => {
    const { candidate } = tensorOfValues('F32', [0, -0, 0.1, 0.2]);
    expect(thresholdForSparsity([candidate], 'magnitude', 0)).toBe(0);
    expect(thresholdForSparsity([candidate], 'magnitude', 0.5)).toBe(0);
    expect(thresholdForSparsity([candidate], 'magnitude', 0.75)).toBeGreaterThanOrEqual(0.1);
    expect(thresholdForSparsity([tensorOfValues('F32', [Number.NaN]).candidate], 'magnitude', 1)).toBe(0);
  });
});

it('the bin of a rank holds the score of that rank, across dtypes', () => {
  fc.assert(
    fc.property(model, ranking, fc.nat(), (tensors, by, pick) => {
      const scores = scoresOf(tensors, by);
      fc.pre(scores.length > 0);
      const k = 1 + (pick % scores.length);
      const candidates = candidatesOf(tensors);
      expect(binForCount(candidates, by, k)).toBe(scoreBinOf(gridOf(candidates), scores[k - 1]!));
    }),
  );
});

/** numpy.histogram's rule: half-open bins, but the last one closed. */
function countsOver(edges: readonly number[], values: readonly number[]): number[] {
  return edges.slice(1).map((end, i) => {
    const isLast = i === edges.length - 2;
    return values.filter((value) => value >= edges[i]! && (value < end || (isLast && value === end))).length;
  });
}

describe('drawn bins', () => {
  it('count as numpy.histogram does over the same edges', () => {
    const radius = fc.option(fc.double({ min: 1e-3, max: 3, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(model, fc.boolean(), fc.integer({ min: 1, max: 60 }), radius, (tensors, signed, bins, asked) => {
        const options = { signed, bins, ...(asked !== undefined && { radius: asked }) };
        const { edges, counts } = displayBins(candidatesOf(tensors), options);
        const list = Array.from(edges);
        expect(counts.length).toBe(edges.length - 1);
        expect(counts.length).toBeLessThanOrEqual(bins);
        list.slice(1, -1).forEach((edge, i) => {
          expect(edge).toBeGreaterThan(list[i]!);
        });
        const values = scoresOf(tensors, signed ? 'signed' : 'magnitude');
        expect(Array.from(counts)).toEqual(countsOver(list, values));
        const total = counts.reduce((sum, count) => sum + count, 0);
        if (asked === undefined) expect(total).toBe(values.length);
      }),
      { numRuns: 300 },
    );
  });

  it('are as many as asked for where fine bins are narrow enough', () => {
    const { candidate } = tensorOfValues('F32', weights(500));
    expect(displayBins([candidate], { signed: true, bins: 80 }).counts).toHaveLength(80);
    expect(displayBins([candidate], { signed: false, bins: 80 }).counts).toHaveLength(80);
  });
});

describe('a sparkline', () => {
  const areaOf = ({ densities }: { densities: Float32Array }) => densities.reduce((sum, density) => sum + density, 0);

  it('holds all but a thousandth of the weights that are not zero', () => {
    const values = weights(4000).map((value, i) => (i % 3 === 0 ? 0 : value));
    const { candidate } = tensorOfValues('F32', values);
    const line = sparkline(candidate.statistics, 'F32', 40);
    const others = values.filter((value) => value !== 0).length;
    expect(areaOf(line)).toBeGreaterThan(0.998 * others);
    expect(areaOf(line)).toBeLessThan(1.001 * others);
    expect(line.radius).toBeLessThanOrEqual(Math.max(...values.map(Math.abs)) * 1.01);
  });

  it.each(['F64', 'F32', 'F16', 'BF16'] as const)(
    'of %s is symmetric where the weights are, and highest in the middle',
    (dtype) => {
      const half = weights(2000);
      const { candidate } = tensorOfValues(dtype, [...half, ...half.map((value) => -value)]);
      const { densities } = sparkline(candidate.statistics, dtype, 21);
      densities.forEach((density, i) => {
        expect(density).toBeGreaterThanOrEqual(0);
        // A score bin is a half-open interval, so that the halves differ by what lies on an edge.
        expect(Math.abs(density - densities[20 - i]!)).toBeLessThan(0.15 * densities[10]!);
      });
      expect(densities[10]).toBeGreaterThan(5 * densities[0]!);
    },
  );

  it.each([[[0, 0, -0]], [[Number.NaN, Number.POSITIVE_INFINITY]], [[]]])('of %j is flat', (values) => {
    const { candidate } = tensorOfValues('F32', values);
    const { densities, radius } = sparkline(candidate.statistics, 'F32', 8);
    expect(radius).toBe(0);
    expect(Array.from(densities)).toEqual(new Array(8).fill(0));
  });

  it('does not change with zeros', () => {
    const values = weights(300);
    const [dense, pruned] = [values, [...values, 0, 0, -0]].map((each) =>
      sparkline(tensorOfValues('F32', each).candidate.statistics, 'F32', 16),
    );
    expect(pruned).toEqual(dense);
  });
});

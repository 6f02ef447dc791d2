import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  AccuracySums,
  areProbabilities,
  DriftSums,
  PerplexitySums,
  ScoreSums,
} from '../../../src/evaluation/metrics/sums';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly probabilities: boolean;
  readonly original: readonly number[];
  readonly pruned: readonly number[];
  readonly labels: readonly number[];
  readonly cosine: number;
  readonly relativeL2: number;
  readonly maxAbsolute: number;
  readonly top1Agreement: number;
  readonly klDivergence?: number;
  readonly top1: number;
  readonly top5: number;
  readonly perplexity: number;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../golden/files/evaluation/metrics.json', import.meta.url), 'utf8'),
);

describe.each(cases)("numpy's figures of $name", (gold) => {
  const { classes, probabilities } = gold;
  const original = Float32Array.from(gold.original);
  const pruned = Float32Array.from(gold.pruned);
  const labels = Int32Array.from(gold.labels);
  /** In two parts, as batches come. */
  const half = Math.floor(labels.length / 2) * classes;

  it('are those of cosine, relative L2 and greatest difference', () => {
    const sums = new DriftSums();
    sums.add(original.subarray(0, half), pruned.subarray(0, half));
    sums.add(original.subarray(half), pruned.subarray(half));
    expect(sums.cosine).toBeCloseTo(gold.cosine, 12);
    expect(sums.relativeL2).toBeCloseTo(gold.relativeL2, 12);
    expect(sums.maxAbsolute).toBe(gold.maxAbsolute);
  });

  it('are those of agreement and KL divergence', () => {
    const sums = new ScoreSums(classes, probabilities);
    sums.add(original.subarray(0, half), pruned.subarray(0, half));
    sums.add(original.subarray(half), pruned.subarray(half));
    expect(sums.top1Agreement).toBe(gold.top1Agreement);
    if (gold.klDivergence !== undefined) expect(sums.klDivergence).toBeCloseTo(gold.klDivergence, 10);
    expect(areProbabilities(original, classes)).toBe(probabilities);
  });

  it('are those of accuracy, top 5 and perplexity', () => {
    const accuracy = new AccuracySums(classes);
    accuracy.add(pruned.subarray(0, half), labels.subarray(0, half / classes));
    accuracy.add(pruned.subarray(half), labels.subarray(half / classes));
    expect(accuracy.top1).toBe(gold.top1);
    expect(accuracy.top5).toBe(gold.top5);
    const perplexity = new PerplexitySums(classes);
    perplexity.add(pruned, labels);
    expect(perplexity.perplexity / gold.perplexity).toBeCloseTo(1, 9);
  });
});

describe('drift', () => {
  const drift = (original: readonly number[], pruned: readonly number[]) => {
    const sums = new DriftSums();
    sums.add(Float32Array.from(original), Float32Array.from(pruned));
    return sums;
  };

  it('of outputs that are all zero is none', () => {
    expect(drift([0, 0], [0, 0])).toMatchObject({ cosine: 1, relativeL2: 0, maxAbsolute: 0 });
    expect(drift([0, 0], [1, 0])).toMatchObject({ cosine: 0, relativeL2: Number.POSITIVE_INFINITY, maxAbsolute: 1 });
  });

  it('shows a broken model', () => {
    const broken = drift([1, 2], [Number.NaN, 2]);
    expect(broken.cosine).toBeNaN();
    expect(broken.relativeL2).toBeNaN();
    expect(broken.maxAbsolute).toBeNaN();
  });
});

describe('KL divergence', () => {
  it('of a probability that became zero is large and finite', () => {
    const sums = new ScoreSums(2, true);
    sums.add(Float32Array.of(0.5, 0.5), Float32Array.of(1, 0));
    expect(sums.klDivergence).toBeGreaterThan(10);
    expect(sums.klDivergence).toBeLessThan(20);
  });
});

describe('accuracy', () => {
  it('counts labels that are no class as wrong', () => {
    const sums = new AccuracySums(2);
    sums.add(Float32Array.of(1, 0, 1, 0), Int32Array.of(7, 0));
    expect(sums.top1).toBe(0.5);
  });
});

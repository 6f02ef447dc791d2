import { describe, expect, it } from 'vitest';
import { randomScore, streamOf } from '../../../src/tensors/random';

describe('random scores', () => {
  const stream = streamOf('layer1.0.conv1.weight');
  const draws = (seed: number, from: number, count: number, of = stream) =>
    Array.from({ length: count }, (_, i) => randomScore(seed, of, from + i));

  it('are what they have been from the first version on', () => {
    // FNV-1a's own test vectors, and draws that a recipe made elsewhere relies on.
    expect([streamOf(''), streamOf('a'), streamOf('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
    expect(draws(0, 0, 3).map((score) => score * 2 ** 24)).toEqual([11545958, 5865160, 3300494]);
    expect(randomScore(2 ** 32 - 1, stream, 2 ** 33 + 5) * 2 ** 24).toBe(274128);
  });

  it.each([0, 1, 12_345, 2 ** 32 - 1])('of seed %s are spread evenly', (seed) => {
    const count = 100_000;
    const bins = new Array<number>(64).fill(0);
    for (const score of draws(seed, 0, count)) bins[Math.floor(score * 64)]! += 1;
    const expected = count / 64;
    const chiSquare = bins.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: above 120 once in 20,000.
    expect(chiSquare).toBeLessThan(120);
  });

  it('of neighbours, seeds, streams and far indices have nothing to do with each other', () => {
    const count = 20_000;
    const base = draws(1, 0, count);
    const others = [draws(1, 1, count), draws(2, 0, count), draws(1, 0, count, streamOf('layer1.0.conv2.weight'))];
    others.push(draws(1, 2 ** 32, count), draws(1, 2 ** 31, count));
    for (const other of others) {
      const covariance = base.reduce((sum, score, i) => sum + (score - 0.5) * (other[i]! - 0.5), 0) / count;
      // A correlation of 5 standard errors.
      expect(Math.abs(covariance * 12)).toBeLessThan(5 / Math.sqrt(count));
    }
  });
});

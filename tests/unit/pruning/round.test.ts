import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countForFraction, roundHalfEven } from '../../../src/pruning/round';

/** Made by tests/golden/pruning.py. */
const golden = JSON.parse(
  readFileSync(new URL('../../golden/files/pruning/amounts.json', import.meta.url), 'utf8'),
) as { readonly counts: [number, number, number][]; readonly rounded: [number, number][] };

describe('rounding', () => {
  it.each(golden.rounded)('takes %d to %d, as Python does', (value, rounded) => {
    // The 0 makes a -0 positive: Python's integers have no sign there.
    expect(roundHalfEven(value) + 0).toBe(rounded);
  });

  it('counts the weights of a fraction as torch.nn.utils.prune does', () => {
    const counted = golden.counts.map(([fraction, size]) => countForFraction(fraction, size));
    expect(counted).toEqual(golden.counts.map(([, , count]) => count));
    expect(countForFraction(0.5, 5)).toBe(2);
    expect(countForFraction(0.5, 7)).toBe(4);
  });
});

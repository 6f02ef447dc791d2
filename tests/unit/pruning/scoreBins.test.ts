import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fineBinOf,
  largest,
  lastBinWithin,
  roundDown,
  roundThreshold,
  scoreBinOf,
  scoreBinsOf,
  scoreHigh,
  scoreLow,
} from '../../../src/pruning/scoreBins';
import { binOf } from '../../../src/tensors/bins';
import { type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { f16ToNumber, roundToDtype } from '../../../src/tensors/half';

const valuesIn = (dtype: PrunableDtype) =>
  fc
    .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: -1, max: 1, noNaN: true }))
    .map((value) => roundToDtype(value, dtype) + 0)
    .filter(Number.isFinite);

describe.each(prunableDtypes)('score bins of %s', (dtype) => {
  it('order scores, and reach from their lowest to their highest', () => {
    fc.assert(
      fc.property(valuesIn(dtype), valuesIn(dtype), (a, b) => {
        const bin = scoreBinOf(dtype, a);
        expect(fineBinOf(bin)).toBe(binOf(dtype, Math.abs(a)));
        expect(scoreLow(dtype, bin)).toBeLessThanOrEqual(a);
        expect(scoreHigh(dtype, bin)).toBeGreaterThanOrEqual(a);
        expect(scoreBinOf(dtype, scoreHigh(dtype, bin))).toBe(bin);
        if (a < b) expect(bin).toBeLessThanOrEqual(scoreBinOf(dtype, b));
      }),
    );
  });

  it('lie next to each other, from the first to the last', () => {
    const { first, last } = scoreBinsOf(dtype, 'signed');
    expect(scoreLow(dtype, first)).toBe(-largest(dtype));
    expect(scoreHigh(dtype, last)).toBe(largest(dtype));
    for (let bin = first + 1; bin <= last; bin += 61) {
      expect(scoreLow(dtype, bin)).toBeGreaterThan(scoreHigh(dtype, bin - 1));
    }
  });

  it('rounds down to the last value that is not above', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), valuesIn(dtype), (value, other) => {
        const down = roundDown(value, dtype);
        if (down === undefined) {
          expect(value).toBeLessThan(-largest(dtype));
          return;
        }
        expect(down).toBeLessThanOrEqual(value);
        expect(roundToDtype(down, dtype)).toBe(down);
        // No value of the dtype lies between.
        if (other <= value) expect(other).toBeLessThanOrEqual(down);
        const nearest = roundToDtype(value, dtype);
        if (nearest <= value) expect(down).toBe(Math.min(nearest, largest(dtype)) + 0);
      }),
    );
  });

  it('rounds thresholds beyond the range to its end, or to none', () => {
    expect(roundThreshold(Number.POSITIVE_INFINITY, dtype)).toBe(largest(dtype));
    expect(roundThreshold(Number.NEGATIVE_INFINITY, dtype)).toBeUndefined();
    expect(roundThreshold(Number.NaN, dtype)).toBeUndefined();
    expect(roundThreshold(-0, dtype)).toBe(0);
  });
});

it.each(['F32', 'F64'] as const)('a bin of f16 lies in one bin of %s', (grid) => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    for (const value of bits === 0 ? [0] : [f16ToNumber(bits), -f16ToNumber(bits)]) {
      const [bin, gridBin] = [scoreBinOf('F16', value), scoreBinOf(grid, value)];
      if (bin > lastBinWithin('F16', grid, gridBin) || bin <= lastBinWithin('F16', grid, gridBin - 1)) {
        expect.fail(`${value} is not in bin ${gridBin}`);
      }
    }
  }
});

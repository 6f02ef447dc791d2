import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatPercent,
  formatQuantity,
  formatShape,
  formatValue,
} from '../../../src/lib/numbers';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [102_502_400, '102.5 MB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [20_000_000_000, '20.0 GB'],
  ])('says %i as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatCount', () => {
  it.each([
    [64, '64'],
    [999, '999'],
    [1000, '1 k'],
    [9408, '9.4 k'],
    [36_864, '36.9 k'],
    [589_824, '590 k'],
    [999_500, '1 M'],
    [25_557_032, '25.6 M'],
    [7_241_732_096, '7.2 B'],
  ])('says %i as %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatInteger and formatQuantity', () => {
  it('separates thousands', () => expect(formatInteger(12_751_456)).toBe('12,751,456'));
  it('says one thing in the singular', () => {
    expect(formatQuantity(1, 'tensor')).toBe('1 tensor');
    expect(formatQuantity(1610, 'tensor')).toBe('1,610 tensors');
    expect(formatQuantity(2, 'entry', 'entries')).toBe('2 entries');
  });
});

describe('formatPercent', () => {
  it.each([
    [0.5, '50.0 %'],
    [0.523, '52.3 %'],
    [0, '0.0 %'],
    [1, '100.0 %'],
  ])('says %d as %s', (fraction, text) => expect(formatPercent(fraction)).toBe(text));

  it('says all and nothing only of all and nothing', () => {
    expect(formatPercent(0.999_999)).toBe('>99.9 %');
    expect(formatPercent(0.000_001)).toBe('<0.1 %');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (fraction) => {
        expect(formatPercent(fraction) === '100.0 %').toBe(fraction === 1);
        expect(formatPercent(fraction) === '0.0 %').toBe(fraction === 0);
      }),
    );
  });

  it('shows more digits when asked', () => expect(formatPercent(0.123_45, 2)).toBe('12.35 %'));
});

describe('formatShape', () => {
  it('joins the sizes', () => expect(formatShape([64, 3, 7, 7])).toBe('64 × 3 × 7 × 7'));
  it('names a tensor without dimensions', () => expect(formatShape([])).toBe('scalar'));
});

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [0.0142, '0.0142'],
    [-0.08, '-0.0800'],
    [1, '1.00'],
    [12_345.6, '12346'],
    [0.000_999_99, '0.00100'],
    [0.000_012_345, '1.23e-5'],
    [1e9, '1.00e9'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('says %d as %s', (value, text) => expect(formatValue(value)).toBe(text));

  it('can be typed back, within its digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e30, max: 1e30, noNaN: true }), (value) => {
        const back = Number(formatValue(value, 4));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-3);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseBetween,
  parseSparsity,
  parseThreshold,
  sparsityText,
  thresholdText,
} from '../../../../../src/views/parts/fields/typedNumber';

describe('a typed threshold', () => {
  it.each([
    ['0.05', 0.05],
    ['1e-3', 1e-3],
    [' 2E-5 ', 2e-5],
    ['.5', 0.5],
    ['5.', 5],
    ['0,05', 0.05],
    ['0', 0],
    ['+1', 1],
  ])('reads %j', (text, value) => {
    expect(parseThreshold(text, 'magnitude')).toBe(value);
  });

  it.each(['', ' ', 'abc', '1.2.3', '0x10', 'NaN', 'Infinity', '1e999', '5 %', '1,2,3', '-', '.', '-0.1'])(
    'refuses %j as a magnitude',
    (text) => {
      expect(parseThreshold(text, 'magnitude')).toHaveProperty('wrong');
    },
  );

  it('may be negative where signs count', () => {
    expect(parseThreshold('-0.1', 'signed')).toBe(-0.1);
    expect(parseThreshold('−0.1', 'signed')).toBe(-0.1);
  });

  it('reads back what the field shows, to its digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (threshold) => {
        const read = parseThreshold(thresholdText(threshold), 'magnitude') as number;
        expect(Math.abs(read - threshold)).toBeLessThanOrEqual(threshold * 1e-3);
      }),
    );
  });
});

describe('a typed sparsity', () => {
  it.each([
    ['50', 0.5],
    ['52.3', 0.523],
    ['50 %', 0.5],
    ['50%', 0.5],
    ['50,5', 0.505],
    ['0.5', 0.005],
    ['0', 0],
    ['100', 1],
  ])('reads %j as percent', (text, fraction) => {
    expect(parseSparsity(text)).toBeCloseTo(fraction, 12);
  });

  it.each(['', '101', '-1', 'half', '%', '1e3'])('refuses %j', (text) => {
    expect(parseSparsity(text)).toHaveProperty('wrong');
  });

  it('never shows all or nothing when it is neither', () => {
    expect(sparsityText(0)).toBe('0.0');
    expect(sparsityText(1)).toBe('100.0');
    expect(sparsityText(0.5231)).toBe('52.3');
    expect(sparsityText(0.99999)).toBe('99.999');
    expect(sparsityText(0.00004)).toBe('0.004');
  });

  it('stays within 0 to 100 to be typed back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (sparsity) => {
        expect(parseSparsity(sparsityText(sparsity))).toBeCloseTo(sparsity, 2);
      }),
    );
  });
});

it('what is wrong with a number is said', () => {
  expect(parseThreshold('-1', 'magnitude')).toEqual({ wrong: 'A magnitude is never below 0.' });
  expect(parseSparsity('101')).toEqual({ wrong: 'It should be from 0 to 100 %.' });
  expect(parseBetween('2.5', { least: 0 })).toEqual({ wrong: 'It should be a whole number.' });
  expect(parseBetween('-1', { least: 0, isFraction: true })).toEqual({ wrong: 'It should be 0 or more.' });
  expect(parseBetween('two', { least: 0 })).toEqual({ wrong: 'This is no number.' });
});

import { describe, expect, it } from 'vitest';
import { speedText, timeText } from '../../../../src/views/slim/words';

const time = (before: readonly [number, number, number], after: readonly [number, number, number]) => {
  const timing = ([low, median, high]: readonly [number, number, number]) => ({ low, median, high, runs: 9 });
  return { before: timing(before), after: timing(after), threads: 1, samples: 1 };
};

describe('the speed of a smaller model', () => {
  it('is faster or slower only beyond the range of the runs', () => {
    expect(speedText(time([9, 10, 11], [4, 5, 6]))).toBe('2.0 × faster');
    expect(speedText(time([4, 5, 6], [9, 10, 11]))).toBe('2.0 × slower');
    expect(speedText(time([9, 10, 11], [8, 9.5, 12]))).toBe('1.1 × faster, within the range of the runs');
    expect(speedText(time([9, 10, 11], [9, 10, 11]))).toBe('no faster');
  });

  it('is said in the unit that has room for it', () => {
    expect(timeText(0.5586)).toBe('0.559 ms');
    expect(timeText(1234)).toBe('1.23 s');
  });
});

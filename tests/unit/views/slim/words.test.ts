import { describe, expect, it } from 'vitest';
import { speedText, timeText } from '../../../../src/views/slim/words';

const time = (before: readonly [number, number, number], after: readonly [number, number, number], faster: number) => {
  const timing = ([low, median, high]: readonly [number, number, number]) => ({ low, median, high, runs: 9 });
  return { before: timing(before), after: timing(after), faster, threads: 1, samples: 1 };
};

describe('the speed of a smaller model', () => {
  it('is faster or slower only where nearly all rounds agree', () => {
    expect(speedText(time([9, 10, 11], [4, 5, 6], 1))).toBe('2.0 × faster');
    expect(speedText(time([4, 5, 6], [9, 10, 11], 0))).toBe('2.0 × slower');
    expect(speedText(time([9, 10, 11], [8, 9.5, 12], 0.6))).toBe('not surely faster here');
    expect(speedText(time([9, 10, 11], [9, 10, 11], 0.5))).toBe('not surely faster here');
  });

  it('is said in the unit that has room for it', () => {
    expect(timeText(0.5586)).toBe('0.559 ms');
    expect(timeText(1234)).toBe('1.23 s');
  });
});

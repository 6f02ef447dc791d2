import { expect, test } from 'vitest';
import { durationText } from '../../../../../src/views/parts/words/durationText';

test.each([
  [400, 'about a second'],
  [12_300, '12 s'],
  [200_000, '3 min 20 s'],
  [180_000, '3 min'],
  [7_500_000, '2 h 5 min'],
])('%i ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

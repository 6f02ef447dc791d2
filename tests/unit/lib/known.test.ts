import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/lib/errors';
import { at, found, known, last } from '../../../src/lib/known';

describe('what has to be there', () => {
  it('is given as it is, falsy or not', () => {
    expect(at([3, 0], 1)).toBe(0);
    expect(at(new Uint8Array([7]), 0)).toBe(7);
    expect(at('ab', 0)).toBe('a');
    expect(last([3, 0])).toBe(0);
    expect(known(new Map([['a', '']]), 'a')).toBe('');
    expect(found(false, 'an answer')).toBe(false);
  });

  it.each([
    ['past the end of a list', () => at([3, 4], 2), 'an entry 2 of 2'],
    ['before the start of a list', () => at([3, 4], -1), 'an entry -1 of 2'],
    ['in an empty list', () => at([], 0), 'an entry 0 of 0'],
    ['at the end of an empty list', () => last([]), 'an entry -1 of 0'],
    ['under a key that no map has', () => known(new Map([['a', 1]]), 'b'), 'an entry for b among 1'],
    [
      'under a name of objects',
      () => known(new Map<string, number>(), 'constructor'),
      'an entry for constructor among 0',
    ],
    ['where nothing was found', () => found(null, 'a canvas to draw on'), 'a canvas to draw on'],
    ['where nothing is known', () => found(undefined, 'a slider'), 'a slider'],
  ])('%s is a bug that says what was expected', (_, look, what) => {
    expect(look).toThrowError(
      expect.objectContaining({ code: 'internal', message: `Expected ${what}, found none.` }) as CheckpointError,
    );
    expect(look).toThrow(CheckpointError);
  });
});

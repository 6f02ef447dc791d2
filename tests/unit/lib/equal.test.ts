import { describe, expect, it } from 'vitest';
import { isEqual } from '../../../src/lib/equal';

describe('isEqual', () => {
  const plain = () => ({
    threshold: 0.5,
    ties: Number.POSITIVE_INFINITY,
    nothing: undefined,
    list: [1, [2, Number.NaN]],
    bytes: Uint8Array.of(1, 2),
    map: new Map([[1, { a: null }]]),
    set: new Set(['x']),
  });

  it('holds for clones', () => {
    expect(isEqual(plain(), structuredClone(plain()))).toBe(true);
  });

  it.each([
    ['a number', { threshold: 0.25 }],
    ['a key', { other: 1 }],
    ['an item', { list: [1, [2, 3]] }],
    ['the kind of list', { list: new Map() }],
    ['a byte', { bytes: Uint8Array.of(1, 3) }],
    ['the type of numbers', { bytes: Uint16Array.of(1, 2) }],
    ['a value in a map', { map: new Map([[1, { a: 0 }]]) }],
    ['a member of a set', { set: new Set(['y']) }],
    ['the sign of zero', { threshold: -0 }],
  ])('does not when %s differs', (_, change) => {
    expect(isEqual({ ...plain(), threshold: 0, ...change }, { ...plain(), threshold: 0 })).toBe(false);
  });

  it('tells absent from undefined', () => {
    expect(isEqual({ a: undefined }, {})).toBe(false);
    expect(isEqual(null, {})).toBe(false);
  });
});

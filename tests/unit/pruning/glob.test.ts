import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, exactPattern, matchGlob } from '../../../src/pruning/glob';

describe('globs', () => {
  it.each([
    ['*', '', true],
    ['*', 'layer1.0.conv.weight', true],
    ['*.weight', 'layer1.0.conv.weight', true],
    ['*.weight', 'layer1.0.conv.weight_mask', false],
    ['features.*', 'features.0.weight', true],
    ['features.*', 'features', false],
    ['*conv*weight', 'conv1.weight', true],
    ['layer?.weight', 'layer1.weight', true],
    ['layer?.weight', 'layer12.weight', false],
    ['layer?.weight', 'layer🌱.weight', true],
    ['layer[0-2].*', 'layer2.0', true],
    ['layer[0-2].*', 'layer3.0', false],
    ['layer[!0-2].*', 'layer3.0', true],
    ['layer[!0-2].*', 'layer.0', false],
    ['[]a]', ']', true],
    ['[!]a]', 'b', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[z-a]', 'm', false],
    ['[🌱-🌳]', '🌲', true],
    ['a[b', 'a[b', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a\\', 'a\\', true],
    ['[\\]]', ']', true],
    ['Conv*', 'conv1', false],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'abbbcbc', true],
    ['a*b*c', 'abbbcb', false],
  ])('%j on %j: %s', (pattern, name, matches) => {
    expect(matchGlob(pattern, name)).toBe(matches);
  });

  it('a name as it is matches itself, and its exact pattern matches nothing else', () => {
    const character = fc.constantFrom('a', 'b', '.', '*', '?', '[', ']', '!', '-', '\\', '🌱', '_');
    const name = fc.string({ unit: character, maxLength: 8 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(matchGlob(one, one)).toBe(true);
        expect(matchGlob(exactPattern(one), one)).toBe(true);
        expect(matchGlob(exactPattern(one), other)).toBe(one === other || exactPattern(one) === other);
      }),
    );
  });

  it('knows the one name of a pattern without wildcards', () => {
    expect(compileGlob('conv1.weight').literal).toBe('conv1.weight');
    expect(compileGlob('a\\[0\\]').literal).toBe('a[0]');
    expect(compileGlob('a[0]').literal).toBeUndefined();
  });

  it('match what the same pattern as a regular expression does', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), names, (parts, name) => {
        const glob = parts.map(({ glob: text }) => text).join('');
        const expression = new RegExp(`^${parts.map((each) => each.expression).join('')}$`, 'su');
        fc.pre(glob !== name);
        expect(matchGlob(glob, name), `${glob} on ${name}`).toBe(expression.test(name));
      }),
      { numRuns: 1000 },
    );
  });

  it('take no longer than the name is long for each star', () => {
    // A matcher that tries every split would not come back.
    expect(matchGlob('*a'.repeat(30), `${'a'.repeat(3000)}b`)).toBe(false);
  });
});

const alphabet = ['a', 'b', 'c', '.', '🌱', '\n', ']', '-', '!', '^', '\\', '*'];
const letters = fc.constantFrom(...alphabet);
const names = fc.string({ unit: letters, maxLength: 8 });

const inExpression = (letter: string) => `\\u{${letter.codePointAt(0)!.toString(16)}}`;
const inGlob = (letter: string) => letter.replace(/[*?[\]\\!-]/g, '\\$&');

/** The same thing said in both languages. */
const part: fc.Arbitrary<{ glob: string; expression: string }> = fc.oneof(
  letters.map((letter) => ({ glob: inGlob(letter), expression: inExpression(letter) })),
  fc.constant({ glob: '*', expression: '.*' }),
  fc.constant({ glob: '?', expression: '.' }),
  fc
    .tuple(fc.boolean(), fc.array(fc.tuple(letters, letters), { minLength: 1, maxLength: 3 }))
    .map(([negated, pairs]) => {
      const ranges = pairs.map(([a, b]) => (a.codePointAt(0)! <= b.codePointAt(0)! ? [a, b] : [b, a]));
      const said = (quote: (letter: string) => string) => ranges.map(([a, b]) => `${quote(a!)}-${quote(b!)}`).join('');
      return {
        glob: `[${negated ? '!' : ''}${said(inGlob)}]`,
        expression: `[${negated ? '^' : ''}${said(inExpression)}]`,
      };
    }),
);

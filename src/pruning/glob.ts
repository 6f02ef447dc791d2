/**
 * Globs on tensor names: `*` any run of characters (dots included), `?` any one, `[abc]`, `[a-z]` and `[!a]` one of a
 * class, and `\` takes the next character literally. Case-sensitive, and the whole name has to match.
 */
import { at, found } from '../lib/known';

/** One character of a name, by code point. */
type Token = '*' | '?' | number | CharacterClass;

interface CharacterClass {
  readonly negated: boolean;
  /** First and last code point of each range, both included. */
  readonly ranges: readonly (readonly [number, number])[];
}

export interface Glob {
  /** The only name that matches, when the pattern has no wildcard. */
  readonly literal: string | undefined;
  matches(name: string): boolean;
}

const special = /[*?[\]\\]/;

/** A pattern that equals the name matches it whatever characters it has, so that every name can be given as it is. */
export function compileGlob(pattern: string): Glob {
  if (!special.test(pattern)) return { literal: pattern, matches: (name) => name === pattern };
  const tokens = tokensOf(pattern);
  const literal = tokens.every((token) => typeof token === 'number')
    ? tokens.map((code) => String.fromCodePoint(code)).join('')
    : undefined;
  return { literal, matches: (name) => name === pattern || matchesTokens(tokens, name) };
}

export function matchGlob(pattern: string, name: string): boolean {
  return compileGlob(pattern).matches(name);
}

/** The pattern that matches this name and no other. */
export function exactPattern(name: string): string {
  return name.replace(/[*?[\]\\]/g, '\\$&');
}

function tokensOf(pattern: string): Token[] {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = at(characters, i);
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push('?');
    else if (character === '\\' && i + 1 < characters.length) tokens.push(codeOf(at(characters, ++i)));
    else {
      const bracket = character === '[' ? characterClassAt(characters, i) : undefined;
      if (bracket) i = bracket.end;
      tokens.push(bracket?.characterClass ?? codeOf(character));
    }
  }
  return tokens;
}

/** @returns undefined when the bracket is never closed: then it is a character like any other, as in Python's fnmatch */
function characterClassAt(
  characters: readonly string[],
  open: number,
): { characterClass: CharacterClass; end: number } | undefined {
  const negated = characters[open + 1] === '!';
  const first = open + (negated ? 2 : 1);
  const ranges: [number, number][] = [];
  let next = first;
  const take = () => {
    if (characters[next] === '\\' && next + 1 < characters.length) next++;
    return codeOf(at(characters, next++));
  };
  while (next < characters.length) {
    // A bracket that comes first is one of the class.
    if (characters[next] === ']' && next > first) return { characterClass: { negated, ranges }, end: next };
    const low = take();
    const isRange = characters[next] === '-' && next + 1 < characters.length && characters[next + 1] !== ']';
    if (isRange) next++;
    ranges.push([low, isRange ? take() : low]);
  }
  return undefined;
}

/** Of the character that begins there. */
function codeOf(text: string, place = 0): number {
  return found(text.codePointAt(place), 'a character');
}

/** Never goes back further than the last `*`: the time is linear in the name for every pattern. */
function matchesTokens(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let place = 0;
  let star = -1;
  /** Where the characters that the last `*` stands for end. */
  let starEnd = 0;
  while (place < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      star = token++;
      starEnd = place;
      continue;
    }
    const code = codeOf(name, place);
    if (wanted !== undefined && accepts(wanted, code)) {
      token++;
      place += widthOf(code);
    } else if (star >= 0) {
      starEnd += widthOf(codeOf(name, starEnd));
      place = starEnd;
      token = star + 1;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}

function accepts(token: Exclude<Token, '*'>, code: number): boolean {
  if (typeof token === 'number') return token === code;
  if (token === '?') return true;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.negated;
}

function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1;
}

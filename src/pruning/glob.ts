/**
 * Globs on tensor names: `*` any run of characters (dots included), `?` any one, `[abc]`, `[a-z]` and `[!a]` one of a
 * class, and `\` takes the next character literally. Case-sensitive, and the whole name has to match.
 */

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
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push('?');
    else if (character === '\\' && at + 1 < characters.length) tokens.push(characters[++at]!.codePointAt(0)!);
    else {
      const found = character === '[' ? characterClassAt(characters, at) : undefined;
      if (found) at = found.end;
      tokens.push(found?.characterClass ?? character.codePointAt(0)!);
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
  let at = first;
  const take = () => {
    if (characters[at] === '\\' && at + 1 < characters.length) at++;
    return characters[at++]!.codePointAt(0)!;
  };
  while (at < characters.length) {
    // A bracket that comes first is one of the class.
    if (characters[at] === ']' && at > first) return { characterClass: { negated, ranges }, end: at };
    const low = take();
    const isRange = characters[at] === '-' && at + 1 < characters.length && characters[at + 1] !== ']';
    if (isRange) at++;
    ranges.push([low, isRange ? take() : low]);
  }
  return undefined;
}

/** Never goes back further than the last `*`: the time is linear in the name for every pattern. */
function matchesTokens(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  /** Where the characters that the last `*` stands for end. */
  let starEnd = 0;
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      star = token++;
      starEnd = at;
      continue;
    }
    const code = name.codePointAt(at)!;
    if (wanted !== undefined && accepts(wanted, code)) {
      token++;
      at += widthOf(code);
    } else if (star >= 0) {
      starEnd += widthOf(name.codePointAt(starEnd)!);
      at = starEnd;
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

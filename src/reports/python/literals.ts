/** Values as Python literals. Names come from files that may be hostile: nothing of them is ever more than a string. */
import { found } from '../../lib/known';

/** A string literal of ASCII characters on one line, whatever the text. Lone surrogates stay what they are. */
export function pythonString(text: string): string {
  return `"${escaped(text, (character) => character === '"' || character === '\\')}"`;
}

/** Text for a comment: on one line, in ASCII, without characters that change how it reads. */
export function commentText(text: string): string {
  return escaped(text, () => false);
}

function escaped(text: string, needsBackslash: (character: string) => boolean): string {
  let out = '';
  for (const character of text) {
    const code = found(character.codePointAt(0), 'a character');
    if (needsBackslash(character)) out += `\\${character}`;
    else if (code >= 0x20 && code < 0x7f) out += character;
    else if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, '0')}`;
    else out += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return out;
}

/** A float literal, of the shortest digits that mean the same double. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'math.inf' : value < 0 ? '-math.inf' : 'math.nan';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A list over several lines. @param items literals */
export function pythonList(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${item},\n`).join('')}]`;
}

/** A dict over several lines. @param entries key and value literals */
export function pythonDict(entries: readonly (readonly [string, string])[]): string {
  return entries.length === 0 ? '{}' : `{\n${entries.map(([key, value]) => `    ${key}: ${value},\n`).join('')}}`;
}

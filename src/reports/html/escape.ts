import { found } from '../../lib/known';

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text for content and for attributes in quotes. Control and bidirectional characters are shown as their code points. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? character)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) =>
      character === '\n' ? character : `\\u{${found(character.codePointAt(0), 'a character').toString(16)}}`,
    );
}

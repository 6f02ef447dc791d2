/** Names the files people drop that Secateur does not open, so that the error says what the file is and what to do. */
import { byContent, byName, byText, type Evidence, plainText, type Recognition, type Row, unknown } from './wrongFiles';

/**
 * @param head the first bytes, at least a few hundred where the file has them
 * @param size of the file
 */
export function recognise(head: Uint8Array, size: number, fileName: string): Recognition {
  const evidence: Evidence = {
    head,
    text: Array.from(head, (byte) => String.fromCharCode(byte))
      .join('')
      .replace(/^\xef\xbb\xbf/, ''), // the mark that some editors put before UTF-8
    size,
    fileName: fileName.toLowerCase(),
  };
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b);
  const tables = isText ? [byContent, byText, [plainText]] : [byContent, byName, [unknown]];
  const { what, advice } = tables.flat().find((row) => holds(row, evidence)) ?? unknown;
  return { what, advice };
}

function holds(row: Row, evidence: Evidence): boolean {
  const { magic, at = 0, endings, test } = row;
  const magics = magic === undefined || typeof magic !== 'string' ? magic : [magic];
  if (magics && !magics.some((bytes) => evidence.text.startsWith(bytes, at))) return false;
  if (endings && !endings.some((ending) => evidence.fileName.endsWith(ending))) return false;
  return test === undefined || test(evidence);
}

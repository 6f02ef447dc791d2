/** What the exported file is called: by default after the original, and as a person wants it. */
import { suffixed } from '../engine/writing/fileName';

/** `.pth`, `.pth.tar`: it stays, for it says what the file is. */
export function extensionOf(fileName: string): string {
  return fileName.slice(suffixed(fileName, '', '').length);
}

/** Windows is the strictest; a file goes from machine to machine. */
const forbidden = /[<>:"/\\|?*]/;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Most file systems take 255 bytes. */
const longest = 200;

/** One of the two. */
export interface ExportName {
  readonly name?: string;
  readonly refused?: string;
}

/**
 * @param typed with or without the extension
 * @returns the whole name, or what is wrong with it, one sentence
 */
export function exportName(typed: string, extension: string): ExportName {
  const given = typed.trim();
  const isWhole = given.toLowerCase().endsWith(extension.toLowerCase());
  const stem = isWhole ? given.slice(0, given.length - extension.length) : given;
  const wrong = forbidden.exec(stem)?.[0];
  if (stem === '') return { refused: 'A file needs a name.' };
  if (wrong !== undefined) return { refused: `${wrong} cannot stand in the name of a file.` };
  if ([...stem].some((character) => character < ' ')) return { refused: 'Only what can be seen can stand in a name.' };
  if (/^\.|\.$/.test(stem)) return { refused: 'A name does not begin or end with a full stop.' };
  if (reserved.test(stem)) return { refused: `${stem} is a name that Windows keeps for itself.` };
  if (new TextEncoder().encode(stem + extension).length > longest) return { refused: 'This name is too long.' };
  return { name: stem + extension };
}

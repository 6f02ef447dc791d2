/** Names the files people drop that Secateur does not open, so that the error says what the file is and what to do. */
import type { CheckpointError } from '../lib/errors';
import type { ByteSource } from '../lib/source';
import { formatsThatOpen } from './wrongFiles/advice';
import { anyArchive, archives } from './wrongFiles/archives';
import { byContent, containers } from './wrongFiles/byContent';
import { byName, misnamed } from './wrongFiles/byName';
import { byText, plainText } from './wrongFiles/byText';
import { type Entry, type Evidence, firstOf, type Recognition } from './wrongFiles/row';
import { wrongFile } from './wrongFiles/wrongFile';
import { readZip } from './zip/directory';

const unknown: Recognition = {
  what: 'a file of a kind that Secateur does not know',
  advice: `It opens ${formatsThatOpen}.`,
};

/** In the order in which they are asked: what only one thing can be, then its name, then what may hold anything. */
const binary = [byContent, archives, byName, containers, anyArchive, misnamed].flat();
const text = [byContent, byText].flat();

/**
 * @param head the first bytes, at least a few hundred where the file has them
 * @param size of the file
 * @param entries of a zip archive
 */
export function recognise(
  head: Uint8Array,
  size: number,
  fileName: string,
  entries: readonly Entry[] = [],
): Recognition {
  const evidence: Evidence = {
    head,
    text: Array.from(head, (byte) => String.fromCharCode(byte))
      .join('')
      .replace(/^\xef\xbb\xbf/, ''), // the mark that some editors put before UTF-8
    size,
    fileName: fileName.toLowerCase(),
    entries,
  };
  const isText = head.every((byte) => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b);
  return firstOf(isText ? text : binary, evidence) ?? (isText ? plainText : unknown);
}

/** The error for a file that no format claims, by all that is known of it: of a zip archive the files in it, too. */
export async function whatElse(source: ByteSource, head: Uint8Array, fileName: string): Promise<CheckpointError> {
  return wrongFile(recognise(head, source.size, fileName, await entriesIn(source, head)), fileName);
}

/** A directory that cannot be read leaves what the archive begins with. */
async function entriesIn(source: ByteSource, head: Uint8Array): Promise<readonly Entry[]> {
  const first = firstEntry(head);
  if (!first) return [];
  return readZip(source, {}).catch(() => [first]);
}

/** The name of the first entry stands 30 bytes into a zip. */
function firstEntry(head: Uint8Array): Entry | undefined {
  if (![0x50, 0x4b, 0x03, 0x04].every((byte, i) => head[i] === byte)) return undefined;
  const length = (head[26] ?? 0) + (head[27] ?? 0) * 256;
  return { name: new TextDecoder('latin1').decode(head.subarray(30, 30 + length)), size: 0 };
}

/** What the first bytes of a zip archive tell. */
import { startsWith } from '../../lib/bytes';

const localHeader = [0x50, 0x4b, 0x03, 0x04];
const nameStart = 30;

export function looksLikeArchive(head: Uint8Array): boolean {
  return startsWith(head, localHeader);
}

/** The name of the first entry; undefined where the file does not begin with one. */
export function firstEntryName(head: Uint8Array): string | undefined {
  if (!looksLikeArchive(head)) return undefined;
  const length = (head[26] ?? 0) + (head[27] ?? 0) * 256;
  return new TextDecoder('latin1').decode(head.subarray(nameStart, nameStart + length));
}

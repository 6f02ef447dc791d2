/** Tells NumPy's files from their first bytes. */
import { startsWith } from '../../lib/bytes';
import { firstEntryName } from '../zip/firstEntry';

/** `\x93NUMPY` */
export const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export function looksLikeArray(head: Uint8Array): boolean {
  return startsWith(head, magic);
}

/** A zip archive whose first entry is named as an array is. */
export function looksLikeArrays(head: Uint8Array): boolean {
  return firstEntryName(head)?.endsWith('.npy') ?? false;
}

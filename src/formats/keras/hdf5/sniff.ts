/** Tells HDF5 by its signature, which may stand behind a block of the user's: 512 bytes, or a power of two times that. */
import { startsWith } from '../../../lib/bytes';

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const places = [0, 512, 1024, 2048];

/** @returns where the signature stands among the first bytes of a file, undefined where it does not */
export function signatureIn(head: Uint8Array): number | undefined {
  return places.find((place) => startsWith(head, signature, place));
}

export function looksLikeHdf5(head: Uint8Array): boolean {
  return signatureIn(head) !== undefined;
}

/** Tells safetensors from its first bytes. */

/** Bytes of the little-endian length of the header, which comes first. */
export const lengthBytes = 8;

/** A length below 2^40, then JSON that is an empty object or begins with a name. Lengths that lie are for `open` to explain. */
export function looksLikeHeader(head: Uint8Array): boolean {
  if (head.length < lengthBytes + 2 || head[5] !== 0 || head[6] !== 0 || head[7] !== 0) return false;
  const text = String.fromCharCode(...head.subarray(lengthBytes));
  return /^[ \t\r\n]*\{[ \t\r\n]*["}]/.test(text);
}

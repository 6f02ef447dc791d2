/** Tells GGUF from its first bytes: its magic number is the same in both byte orders. */
export function looksLikeGguf(head: Uint8Array): boolean {
  return head[0] === 0x47 && head[1] === 0x47 && head[2] === 0x55 && head[3] === 0x46;
}

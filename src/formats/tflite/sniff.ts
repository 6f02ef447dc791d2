/** Tells TensorFlow Lite from its first bytes: the identifier of its flatbuffers, behind the offset of their root. */
export function looksLikeTflite(head: Uint8Array): boolean {
  return head[4] === 0x54 && head[5] === 0x46 && head[6] === 0x4c && head[7] === 0x33;
}

/** Tells the index of a TensorFlow checkpoint from its first bytes: a table whose first key is empty, and says the version. */
import { startsWith } from '../../lib/bytes';

/** Of `BundleHeaderProto`: `version { producer: 1 }`, field 3. */
const version = [0x1a, 0x02, 0x08, 0x01];
/** Shards, byte order and the lengths before them take a few bytes. */
const mostBefore = 24;

/** @param fileName decides where the first block is compressed, as tools other than TensorFlow's own may write it */
export function looksLikeTensorFlow(head: Uint8Array, _size: number, fileName = ''): boolean {
  // No bytes of a key before, none of this one; a shard count first.
  const isPlain = startsWith(head, [0, 0]) && head[3] === 0x08;
  if (!isPlain && !/\.index$/i.test(fileName)) return false;
  for (let at = 3; at < mostBefore; at++) if (startsWith(head, version, at)) return true;
  return false;
}

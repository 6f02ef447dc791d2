/** Tells a checkpoint of Flax: MessagePack has no magic number, but it is maps of names down to the first array. */

const mostSteps = 32;

/** @param fileName decides where the first bytes are maps and no array is among them */
export function looksLikeFlax(head: Uint8Array, _size: number, fileName = ''): boolean {
  let at = 0;
  for (let step = 0; step < mostSteps; step++) {
    const key = keyIn(head, at);
    if (key === undefined) break;
    at = key;
    if (isArray(head, at)) return true;
  }
  return at > 0 && /\.msgpack$/i.test(fileName);
}

/** Where the value of the first key of a map begins; undefined where there is no map of names. */
function keyIn(head: Uint8Array, at: number): number | undefined {
  const map = head[at] ?? 0;
  const key = at + (map === 0xde ? 3 : map === 0xdf ? 5 : 1);
  if (!((map > 0x80 && map <= 0x8f) || map === 0xde || map === 0xdf)) return undefined;
  const code = head[key] ?? 0;
  if (code > 0xa0 && code <= 0xbf) return key + 1 + code - 0xa0;
  return code === 0xd9 ? key + 2 + (head[key + 1] ?? 0) : undefined;
}

/** An extension of type 1 that holds an array of three. */
function isArray(head: Uint8Array, at: number): boolean {
  const bytes = [0xc7, 0xc8, 0xc9].indexOf(head[at] ?? 0);
  if (bytes < 0) return false;
  const type = at + 1 + 2 ** bytes;
  return head[type] === 1 && head[type + 1] === 0x93;
}

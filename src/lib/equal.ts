/** Whether two pieces of plain data (as structured clone carries them) hold the same. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a.constructor !== b.constructor) return false;
  if (a instanceof Map || a instanceof Set) return isEqual([...a], [...(b as typeof a)]);
  if (ArrayBuffer.isView(a) || Array.isArray(a)) {
    const mine = a as ArrayLike<unknown>;
    const theirs = b as ArrayLike<unknown>;
    if (mine.length !== theirs.length) return false;
    for (let i = 0; i < mine.length; i++) if (!isEqual(mine[i], theirs[i])) return false;
    return true;
  }
  const mine = Object.entries(a);
  const theirs = new Map(Object.entries(b));
  return (
    mine.length === theirs.size && mine.every(([key, value]) => theirs.has(key) && isEqual(value, theirs.get(key)))
  );
}

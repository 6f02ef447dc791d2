/** Comparisons that need no test runner: they work in a page as well. */

export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const place = differenceOf(actual, expected);
  if (place !== undefined) throw new Error(`${what}${place}`);
}

/** Where two values differ, and how; undefined where they do not. Arrays of any type are compared by their numbers. */
function differenceOf(actual: unknown, expected: unknown): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    return `: expected ${expected}, got ${actual}`;
  }
  const keys = ArrayBuffer.isView(expected) ? undefined : Object.keys(expected);
  const [found, wanted] = [actual as ArrayLike<unknown>, expected as ArrayLike<unknown>];
  if (found.length !== wanted.length) return `: expected length ${wanted.length}, got ${found.length}`;
  if (keys === undefined || Array.isArray(expected)) {
    for (let i = 0; i < wanted.length; i++) {
      if (Object.is(found[i], wanted[i])) continue;
      const difference = differenceOf(found[i], wanted[i]);
      if (difference) return `[${i}]${difference}`;
    }
    return undefined;
  }
  for (const key of keys) {
    const difference = differenceOf(actual[key as never], expected[key as never]);
    if (difference) return `.${key}${difference}`;
  }
  return undefined;
}

/** Below the normal doubles there are no relative tolerances: a step is 5e-324, however small the number. */
const leastTolerance = 2 ** -1022;

export function expectClose(actual: number, expected: number, tolerance: number, what: string): void {
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= Math.max(tolerance, leastTolerance)) return;
  throw new Error(`${what}: expected ${expected} to within ${tolerance}, got ${actual}`);
}

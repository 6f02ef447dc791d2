/** Small choices that outlast a visit. Where the browser keeps nothing, each visit begins anew. */

export function remembered(key: string): string | undefined {
  try {
    return globalThis.localStorage?.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(key, value);
  } catch {
    // Full, or forbidden.
  }
}

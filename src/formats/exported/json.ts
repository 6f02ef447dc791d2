/** JSON that nobody vouches for, taken apart: its keys are only ever read as own properties. */

type Json = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function entriesIn(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reading JSON field by field: whatever is not as it should be is named by its path (`rules[2].amount`). */
import { CheckpointError } from '../lib/errors';

export function objectAt(path: string, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(path, 'should be an object', value);
  }
  return value;
}

export function listAt<Element>(
  path: string,
  value: unknown,
  read: (path: string, value: unknown) => Element,
): Element[] {
  if (!Array.isArray(value)) throw wrong(path, 'should be a list', value);
  return Array.from(value, (element: unknown, i) => read(`${path}[${i}]`, element));
}

export function textAt(path: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(path, 'should be a text', value);
  return value;
}

export function oneOfAt<Name extends string>(path: string, value: unknown, names: readonly Name[]): Name {
  const name = names.find((each) => each === value);
  if (name === undefined) throw wrong(path, `should be one of ${listed(names)}`, value);
  return name;
}

/** @param expected what the number should be, for the error: `a fraction from 0 to 1` */
export function numberAt(
  path: string,
  value: unknown,
  expected: string,
  isIn: (number: number) => boolean = () => true,
): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || !isIn(value)) {
    throw wrong(path, `should be ${expected}`, value);
  }
  return value;
}

/** An own field: what `__proto__` or a prototype would add is none. */
export function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

export function refuseUnknown(path: string, object: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const at = path === '' ? unknown : `${path}.${unknown}`;
  throw invalid(at, `${at} is not a field of ${what}, which has ${listed(known)}.`);
}

export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

export function wrong(path: string, expected: string, value: unknown): CheckpointError {
  return invalid(path, `${path} ${expected}, but ${value === undefined ? 'is missing' : `is ${shown(value)}`}.`);
}

export function invalid(record: string, message: string): CheckpointError {
  return new CheckpointError('invalid-recipe', message, {
    record,
    advice: 'docs/recipe.md describes every field.',
  });
}

/** Enough of a value to find it again. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

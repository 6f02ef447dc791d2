/**
 * What JSON may hold, said once: a field reads a value (whatever is not as it should be is named by its path,
 * `rules[2].amount`), writes it in a fixed order, is a JSON Schema, and has a type.
 */
import { CheckpointError } from '../lib/errors';

export type JsonSchema = { readonly [keyword: string]: unknown };

export interface Field<Value> {
  /** @throws CheckpointError `invalid-recipe`, naming the field */
  read(path: string, value: unknown): Value;
  /** What `read` took it from, with all fields in order. */
  write(value: Value): unknown;
  /** @param shared by name: gains those that it refers to */
  schema(shared: Map<string, JsonSchema>): JsonSchema;
  /** It tells what the object is, so it is read before unknown fields are refused. */
  readonly isFirst?: true;
  /** Of an object: their names, in order. */
  readonly fields?: readonly string[];
}

export type ValueOf<Of> = Of extends Field<infer Value> ? Value : never;

export const text: Field<string> = {
  read(path, value) {
    if (typeof value !== 'string') throw wrong(path, 'should be a text', value);
    return value;
  },
  write: (value) => value,
  schema: () => ({ type: 'string' }),
};

export function constant<const Value extends string | number>(only: Value): Field<Value> {
  return {
    read(path, value) {
      if (value !== only) throw wrong(path, `should be ${JSON.stringify(only)}`, value);
      return only;
    },
    write: (value) => value,
    schema: () => ({ const: only }),
    isFirst: true,
  };
}

/** True, or not there. */
export const flag: Field<true> = {
  read(path, value) {
    if (value !== true) throw wrong(path, 'should be true, or not be there', value);
    return true;
  },
  write: (value) => value,
  schema: () => ({ const: true }),
};

export function oneOf<const Name extends string>(names: readonly Name[]): Field<Name> {
  return {
    read(path, value) {
      const name = names.find((each) => each === value);
      if (name === undefined) throw wrong(path, `should be one of ${listed(names)}`, value);
      return name;
    },
    write: (value) => value,
    schema: () => ({ enum: names }),
  };
}

export interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly isWhole?: true;
  /** The one number between that it cannot be. */
  readonly except?: number;
}

/** A finite number. @param expected what it should be, for the error: `a fraction from 0 to 1` */
export function number(expected: string, { least, most, isWhole, except }: Bounds = {}): Field<number> {
  const isIn = (value: number) =>
    value >= (least ?? Number.NEGATIVE_INFINITY) &&
    value <= (most ?? Number.POSITIVE_INFINITY) &&
    value !== except &&
    (!isWhole || Number.isSafeInteger(value));
  return {
    read(path, value) {
      if (typeof value !== 'number' || !Number.isFinite(value) || !isIn(value)) {
        throw wrong(path, `should be ${expected}`, value);
      }
      return value;
    },
    write: (value) => value,
    schema: () => ({
      type: isWhole ? 'integer' : 'number',
      ...((isWhole || least !== undefined) && { minimum: least ?? Number.MIN_SAFE_INTEGER }),
      ...((isWhole || most !== undefined) && { maximum: most ?? Number.MAX_SAFE_INTEGER }),
      ...(except !== undefined && { not: { const: except } }),
    }),
  };
}

export function list<Element>(element: Field<Element>): Field<readonly Element[]> {
  return {
    read(path, value) {
      if (!Array.isArray(value)) throw wrong(path, 'should be a list', value);
      return Array.from(value, (each: unknown, i) => element.read(`${path}[${i}]`, each));
    },
    write: (value) => value.map(element.write),
    schema: (shared) => ({ type: 'array', items: element.schema(shared) }),
  };
}

/** A field of an object that may be absent. */
export interface Optional<Value> {
  readonly optional: Field<Value>;
}

export function optional<Value>(field: Field<Value>): Optional<Value> {
  return { optional: field };
}

interface Fields {
  readonly [name: string]: Field<unknown> | Optional<unknown>;
}
type OptionalName<Of> = { [Name in keyof Of]: Of[Name] extends Optional<unknown> ? Name : never }[keyof Of];
export type ObjectOf<Of> = { readonly [Name in Exclude<keyof Of, OptionalName<Of>>]: ValueOf<Of[Name]> } & {
  readonly [Name in OptionalName<Of>]?: Of[Name] extends Optional<infer Value> ? Value : never;
};

/** What fields that are right alone have to say to each other. */
export interface Check<Value> {
  /** @throws CheckpointError `invalid-recipe` */
  refuse(path: string, value: Value): void;
  /** The same as a schema, as far as one can say it. */
  readonly schema?: JsonSchema;
}

/** @param what it is, for the error: `a rule` */
export function object<const Of extends Fields>(
  what: string,
  fields: Of,
  checks: readonly Check<ObjectOf<Of>>[] = [],
): Field<ObjectOf<Of>> {
  const all = Object.entries(fields).map(([name, field]) => {
    const isOptional = 'optional' in field;
    return { name, isOptional, field: isOptional ? field.optional : field };
  });
  const names = all.map(({ name }) => name);
  return {
    fields: names,
    read(path, value) {
      const given = objectAt(path, value);
      for (const { name, field } of all) if (field.isFirst) field.read(within(path, name), ownField(given, name));
      refuseUnknown(path, given, names, what);
      const read = new Map<string, unknown>();
      for (const { name, isOptional, field } of all) {
        const of = ownField(given, name);
        if (of !== undefined || !isOptional) read.set(name, field.read(within(path, name), of));
      }
      const made = Object.fromEntries(read) as ObjectOf<Of>;
      for (const check of checks) check.refuse(path, made);
      return made;
    },
    write(value) {
      const written = all.flatMap(({ name, field }) => {
        const of = ownField(value, name);
        return of === undefined ? [] : [[name, field.write(of)] as const];
      });
      return Object.fromEntries(written);
    },
    schema(shared) {
      const conditions = checks.flatMap(({ schema }) => schema ?? []);
      const required = all.flatMap(({ name, isOptional }) => (isOptional ? [] : name));
      return {
        type: 'object',
        properties: Object.fromEntries(all.map(({ name, field }) => [name, field.schema(shared)])),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
        ...(conditions.length > 0 && { allOf: conditions }),
      };
    },
  };
}

/** An object with exactly one of the fields. @param what it is, for the error: `an amount` */
export function exactlyOne<const Of extends { readonly [name: string]: Field<unknown> }>(
  what: string,
  fields: Of,
): Field<{ [Name in keyof Of]: { readonly [Only in Name]: ValueOf<Of[Name]> } }[keyof Of]> {
  type One = { [Name in keyof Of]: { readonly [Only in Name]: ValueOf<Of[Name]> } }[keyof Of];
  const names = Object.keys(fields);
  return {
    read(path, value) {
      const object = objectAt(path, value);
      refuseUnknown(path, object, names, what);
      const given = names.filter((name) => Object.hasOwn(object, name));
      const [name, ...others] = given;
      const field = name === undefined ? undefined : fields[name];
      if (name === undefined || !field || others.length > 0) {
        throw invalid(path, `${path} should have exactly one of ${listed(names)}, but has ${listed(given)}.`);
      }
      return { [name]: field.read(within(path, name), ownField(object, name)) } as One;
    },
    write: (value) => value,
    schema: (shared) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, fields[name]?.schema(shared)])),
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    }),
  };
}

/** A field with what it means, for editors. */
export function described<Value>(description: string, field: Field<Value>): Field<Value> {
  return { ...field, schema: (shared) => ({ description, ...field.schema(shared) }) };
}

/** A field whose schema stands once under `$defs`, and is referred to. */
export function shared<Value>(name: string, field: Field<Value>): Field<Value> {
  return {
    ...field,
    schema(defs) {
      if (!defs.has(name)) {
        // Before it is made: the schemas come in the order in which they are met.
        defs.set(name, {});
        defs.set(name, field.schema(defs));
      }
      return { $ref: `#/$defs/${name}` };
    },
  };
}

export function objectAt(path: string, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(path || 'The recipe', 'should be an object', value);
  }
  return value;
}

/** An own field: what `__proto__` or a prototype would add is none. */
function ownField(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? Reflect.get(object, name)
    : undefined;
}

/** The path of a field. @param path empty for the document itself */
function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function refuseUnknown(path: string, object: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const at = within(path, unknown);
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
    advice: 'The help has a recipe to begin with and describes every field.',
  });
}

/** Enough of a value to find it again. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * As much of JSON Schema (draft 2020-12) as docs/recipe.schema.json needs. A keyword it does not know is an error, so the
 * schema cannot say more than is held against the parser.
 */

export type Schema = boolean | { readonly [keyword: string]: unknown };

type Check = (value: unknown, argument: never, schema: { readonly [keyword: string]: unknown }) => boolean;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns whether the value is valid, given the document that `$ref`s point into */
export function isValid(value: unknown, schema: Schema, root: Schema = schema): boolean {
  if (typeof schema === 'boolean') return schema;
  const valid = (part: unknown, by: unknown) => isValid(part, by as Schema, root);
  const only = <Value>(is: boolean, check: () => Value) => !is || check();
  const checks: Record<string, Check> = {
    $ref: (at, pointer: string) => valid(at, target(root, pointer)),
    type: (at, type: string) => hasType(at, type),
    const: (at, other: unknown) => at === other,
    enum: (at, others: readonly unknown[]) => others.includes(at),
    minimum: (at, least: number) => typeof at !== 'number' || at >= least,
    maximum: (at, most: number) => typeof at !== 'number' || at <= most,
    pattern: (at, source: string) => typeof at !== 'string' || new RegExp(source).test(at),
    minItems: (at, least: number) => !Array.isArray(at) || at.length >= least,
    maxItems: (at, most: number) => !Array.isArray(at) || at.length <= most,
    uniqueItems: (at, isUnique: boolean) => !isUnique || !Array.isArray(at) || new Set(at).size === at.length,
    minProperties: (at, least: number) => !isObject(at) || Object.keys(at).length >= least,
    maxProperties: (at, most: number) => !isObject(at) || Object.keys(at).length <= most,
    items: (at, by: Schema) => !Array.isArray(at) || at.every((each) => valid(each, by)),
    required: (at, names: readonly string[]) => !isObject(at) || names.every((name) => Object.hasOwn(at, name)),
    properties: (at, by: Record<string, Schema>) =>
      only(isObject(at), () =>
        Object.entries(by).every(([name, each]) => {
          const object = at as Record<string, unknown>;
          return !Object.hasOwn(object, name) || valid(object[name], each);
        }),
      ),
    additionalProperties: (at, by: Schema, { properties = {} }) =>
      only(isObject(at), () => {
        const others = Object.entries(at as object).filter(([name]) => !Object.hasOwn(properties as object, name));
        return others.every(([, each]) => valid(each, by));
      }),
    not: (at, by: Schema) => !valid(at, by),
    allOf: (at, all: readonly Schema[]) => all.every((by) => valid(at, by)),
    anyOf: (at, all: readonly Schema[]) => all.some((by) => valid(at, by)),
    oneOf: (at, all: readonly Schema[]) => all.filter((by) => valid(at, by)).length === 1,
    // biome-ignore lint/suspicious/noThenProperty: the keyword's name.
    then: (at, by: Schema, whole) => !valid(at, whole.if) || valid(at, by),
    else: (at, by: Schema, whole) => valid(at, whole.if) || valid(at, by),
  };
  const annotations = ['$schema', '$defs', 'title', 'description', 'if'];
  return Object.entries(schema).every(([keyword, argument]) => {
    if (annotations.includes(keyword)) return true;
    const check = checks[keyword];
    if (!check) throw new Error(`The schema uses ${keyword}, which this check does not know.`);
    return check(value, argument as never, schema);
  });
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    // JSON has no other.
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function target(root: Schema, pointer: string): Schema {
  return pointer
    .split('/')
    .slice(1)
    .reduce((at, name) => (at as Record<string, unknown>)[name] as Schema, root);
}

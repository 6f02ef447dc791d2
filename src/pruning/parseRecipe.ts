/** Recipes as text: read with every field checked, and written the same way every time. */
import { CheckpointError } from '../lib/errors';
import { type LayerKind, layerKinds } from '../tensors/tensor';
import type { Amount, Criterion, Granularity, Recipe, Rule, Scope } from './recipe';

/** The one version there is. */
const version = 1;
const recipeFields = ['format', 'version', 'rules', 'steps'] as const;
export const ruleFields = ['tensors', 'exclude', 'kinds', 'criterion', 'granularity', 'scope', 'amount'] as const;
export const amountFields = ['threshold', 'sparsity', 'count', 'sigma'] as const;
export const criteria: readonly Criterion[] = ['magnitude', 'signed'];
export const granularities: readonly Granularity[] = ['weight'];
export const scopes: readonly Scope[] = ['global', 'layer'];

/**
 * @param source JSON text, or what it parses to
 * @throws CheckpointError `invalid-recipe`, naming the field by its path (`rules[2].amount`)
 */
export function parseRecipe(source: unknown): Recipe {
  const recipe = objectAt('The recipe', typeof source === 'string' ? parseJson(source) : source);
  if (field(recipe, 'format') !== 'secateur-recipe') {
    throw wrong('format', 'should be "secateur-recipe"', field(recipe, 'format'));
  }
  if (field(recipe, 'version') !== version) {
    throw wrong('version', `should be ${version}`, field(recipe, 'version'));
  }
  refuseUnknown('', recipe, recipeFields, 'a recipe');
  const [rules, steps] = [field(recipe, 'rules'), field(recipe, 'steps')];
  const head = { format: 'secateur-recipe', version } as const;
  if (rules !== undefined && steps !== undefined) {
    throw invalid('steps', 'steps and rules are both there, but one takes the place of the other.');
  }
  if (steps !== undefined) return { ...head, steps: listAt('steps', steps, rulesAt) };
  return { ...head, rules: rulesAt('rules', rules) };
}

/** Pretty JSON with the fields in a fixed order: equal recipes give equal text. */
export function formatRecipe(recipe: Recipe): string {
  const body =
    'steps' in recipe
      ? { steps: recipe.steps.map((rules) => rules.map(orderedRule)) }
      : { rules: recipe.rules.map(orderedRule) };
  return `${JSON.stringify({ format: recipe.format, version: recipe.version, ...body }, null, 2)}\n`;
}

function orderedRule({ tensors, exclude, kinds, criterion, granularity, scope, amount }: Rule): Rule {
  return {
    ...(tensors && { tensors }),
    ...(exclude && { exclude }),
    ...(kinds && { kinds }),
    criterion,
    granularity,
    scope,
    amount,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('invalid-recipe', `The recipe is not JSON: ${reason}.`, {}, { cause });
  }
}

function rulesAt(path: string, value: unknown): Rule[] {
  return listAt(path, value, ruleAt);
}

function ruleAt(path: string, value: unknown): Rule {
  const rule = objectAt(path, value);
  refuseUnknown(path, rule, ruleFields, 'a rule');
  const [tensors, exclude, kinds] = [field(rule, 'tensors'), field(rule, 'exclude'), field(rule, 'kinds')];
  return {
    ...(tensors !== undefined && { tensors: listAt(`${path}.tensors`, tensors, textAt) }),
    ...(exclude !== undefined && { exclude: listAt(`${path}.exclude`, exclude, textAt) }),
    ...(kinds !== undefined && { kinds: listAt(`${path}.kinds`, kinds, kindAt) }),
    criterion: oneOfAt(`${path}.criterion`, field(rule, 'criterion'), criteria),
    granularity: oneOfAt(`${path}.granularity`, field(rule, 'granularity'), granularities),
    scope: oneOfAt(`${path}.scope`, field(rule, 'scope'), scopes),
    amount: amountAt(`${path}.amount`, field(rule, 'amount')),
  };
}

function amountAt(path: string, value: unknown): Amount {
  const amount = objectAt(path, value);
  refuseUnknown(path, amount, amountFields, 'an amount');
  const given = amountFields.filter((name) => Object.hasOwn(amount, name));
  const [name] = given;
  if (name === undefined || given.length > 1) {
    throw invalid(path, `${path} should have exactly one of ${listed(amountFields)}, but has ${listed(given)}.`);
  }
  const number = field(amount, name);
  const at = `${path}.${name}`;
  const isNumber = typeof number === 'number' && Number.isFinite(number);
  switch (name) {
    case 'threshold':
      if (!isNumber) throw wrong(at, 'should be a finite number', number);
      return { threshold: number };
    case 'sparsity':
      if (!isNumber || number < 0 || number > 1) throw wrong(at, 'should be a fraction from 0 to 1', number);
      return { sparsity: number };
    case 'count':
      if (!isNumber || !Number.isSafeInteger(number) || number < 0) {
        throw wrong(at, 'should be a whole number of weights', number);
      }
      return { count: number };
    case 'sigma':
      if (!isNumber) throw wrong(at, 'should be a finite number', number);
      return { sigma: number };
  }
}

function objectAt(path: string, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(path, 'should be an object', value);
  }
  return value;
}

function listAt<Element>(path: string, value: unknown, read: (path: string, value: unknown) => Element): Element[] {
  if (!Array.isArray(value)) throw wrong(path, 'should be a list', value);
  return Array.from(value, (element: unknown, i) => read(`${path}[${i}]`, element));
}

function textAt(path: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(path, 'should be a text', value);
  return value;
}

function kindAt(path: string, value: unknown): LayerKind {
  return oneOfAt(path, value, layerKinds);
}

function oneOfAt<Name extends string>(path: string, value: unknown, names: readonly Name[]): Name {
  const name = names.find((each) => each === value);
  if (name === undefined) {
    throw wrong(path, `should be ${names.length === 1 ? `"${names[0]}"` : `one of ${listed(names)}`}`, value);
  }
  return name;
}

/** An own field: what `__proto__` or a prototype would add is none. */
function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

function refuseUnknown(path: string, object: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const at = path === '' ? unknown : `${path}.${unknown}`;
  throw invalid(at, `${at} is not a field of ${what}, which has ${listed(known)}.`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function wrong(path: string, expected: string, value: unknown): CheckpointError {
  return invalid(path, `${path} ${expected}, but ${value === undefined ? 'is missing' : `is ${shown(value)}`}.`);
}

function invalid(record: string, message: string): CheckpointError {
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

/** One rule of a recipe: each field for itself, then what they have to say to each other. */
import { layerKinds } from '../tensors/tensor';
import { field, invalid, listAt, listed, numberAt, objectAt, oneOfAt, refuseUnknown, textAt, wrong } from './fields';
import type { Amount, Criterion, Granularity, NormOrder, Rule, Scope } from './recipe';
import { isPattern } from './score';

export const ruleFields = [
  'tensors',
  'exclude',
  'kinds',
  'criterion',
  'granularity',
  'scope',
  'amount',
  'keep',
  'seed',
] as const;
export const amountFields = ['threshold', 'sparsity', 'count', 'sigma'] as const;
const criteria: readonly Criterion[] = ['magnitude', 'signed', 'random', 'magnitude_increase', 'activation'];
const scopes: readonly Scope[] = ['global', 'layer', 'row', 'erk', 'lamp'];
/** Granularities by name, and by the fields of those that are objects. */
const granularityNames = ['weight', 'kernel'] as const;
const granularityFields = [['dim', 'norm'], ['block'], ['n', 'm']] as const;
/** The longest strip of an n:m pattern. */
export const longestStrip = 1024;

/** @throws CheckpointError `invalid-recipe`, naming the field */
export function ruleAt(path: string, value: unknown): Rule {
  const rule = objectAt(path, value);
  refuseUnknown(path, rule, ruleFields, 'a rule');
  const [tensors, exclude, kinds] = [field(rule, 'tensors'), field(rule, 'exclude'), field(rule, 'kinds')];
  const [amount, keep, seed] = [field(rule, 'amount'), field(rule, 'keep'), field(rule, 'seed')];
  const granularity = granularityAt(`${path}.granularity`, field(rule, 'granularity'));
  const isCounted = !isPattern(granularity) || amount !== undefined;
  const read: Rule = {
    ...(tensors !== undefined && { tensors: listAt(`${path}.tensors`, tensors, textAt) }),
    ...(exclude !== undefined && { exclude: listAt(`${path}.exclude`, exclude, textAt) }),
    ...(kinds !== undefined && { kinds: listAt(`${path}.kinds`, kinds, (at, kind) => oneOfAt(at, kind, layerKinds)) }),
    criterion: oneOfAt(`${path}.criterion`, field(rule, 'criterion'), criteria),
    granularity,
    scope: oneOfAt(`${path}.scope`, field(rule, 'scope'), scopes),
    ...(isCounted && { amount: amountAt(`${path}.amount`, amount) }),
    ...(keep !== undefined && { keep: numberAt(`${path}.keep`, keep, 'a fraction from 0 to 1', isFraction) }),
    ...(seed !== undefined && { seed: numberAt(`${path}.seed`, seed, 'a whole number from 0 to 4294967295', isSeed) }),
  };
  refuseMismatch(path, read);
  return read;
}

function isFraction(number: number): boolean {
  return number >= 0 && number <= 1;
}

function isSeed(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < 2 ** 32;
}

function granularityAt(path: string, value: unknown): Granularity {
  if (typeof value === 'string') {
    const name = granularityNames.find((each) => each === value);
    if (name) return name;
  }
  const expected = `should be one of ${listed(granularityNames)}, or an object with ${granularityFields.map((fields) => fields.join(' and ')).join(', or ')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, expected, value);
  const fields = granularityFields.find(([first]) => Object.hasOwn(value, first));
  if (!fields) throw wrong(path, expected, value);
  refuseUnknown(path, value, fields, 'this granularity');
  switch (fields[0]) {
    case 'dim':
      return {
        dim: numberAt(`${path}.dim`, field(value, 'dim'), 'the number of a dimension', Number.isSafeInteger),
        norm: normAt(`${path}.norm`, field(value, 'norm')),
      };
    case 'block':
      return { block: blockAt(`${path}.block`, field(value, 'block')) };
    case 'n':
      return patternAt(path, value);
  }
}

function normAt(path: string, value: unknown): NormOrder {
  if (value === 'inf' || value === '-inf') return value;
  // The norm of order 0 counts what is not zero: before pruning that is the same everywhere.
  return numberAt(path, value, 'a number other than 0, "inf" or "-inf"', (order) => order !== 0);
}

function blockAt(path: string, value: unknown): readonly [number, number] {
  const sizes = listAt(path, value, (at, size) => numberAt(at, size, 'a whole number from 1', isSize));
  if (sizes.length !== 2) {
    throw invalid(path, `${path} should be two numbers, outputs and inputs, but has ${sizes.length}.`);
  }
  return [sizes[0]!, sizes[1]!];
}

function isSize(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 1;
}

function patternAt(path: string, value: object): { n: number; m: number } {
  const m = numberAt(
    `${path}.m`,
    field(value, 'm'),
    `a whole number from 2 to ${longestStrip}`,
    (number) => Number.isInteger(number) && number >= 2 && number <= longestStrip,
  );
  const n = numberAt(`${path}.n`, field(value, 'n'), 'a whole number from 1', isSize);
  if (n >= m)
    throw invalid(`${path}.n`, `${path}.n should be below m, but ${n} of every ${m} leaves nothing to prune.`);
  return { n, m };
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
  switch (name) {
    case 'threshold':
      return { threshold: numberAt(at, number, 'a finite number') };
    case 'sparsity':
      return { sparsity: numberAt(at, number, 'a fraction from 0 to 1', isFraction) };
    case 'count':
      return { count: numberAt(at, number, 'a whole number of weights', isCount) };
    case 'sigma':
      return { sigma: numberAt(at, number, 'a finite number') };
  }
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

/** Fields that are right alone and wrong together. */
function refuseMismatch(path: string, { criterion, granularity, scope, amount, keep, seed }: Rule): void {
  const refuse = (name: string, why: string) => invalid(`${path}.${name}`, `${path}.${name} ${why}.`);
  const isCounting = amount !== undefined && ('sparsity' in amount || 'count' in amount);
  if (seed !== undefined && criterion !== 'random') {
    throw refuse('seed', `belongs to the criterion random, but the criterion is ${criterion}`);
  }
  if (isPattern(granularity)) {
    if (amount) throw refuse('amount', 'has no place beside an n:m pattern, which says itself how much goes');
    if (keep !== undefined)
      throw refuse('keep', 'has no place beside an n:m pattern, which says itself how much stays');
    if (scope !== 'global' && scope !== 'layer') {
      throw refuse(
        'scope',
        `should be layer or global beside an n:m pattern, whose strips stand alone, but is "${scope}"`,
      );
    }
  } else if (granularity !== 'weight') {
    if (criterion === 'signed') {
      throw refuse('criterion', 'signed ranks single weights, but the granularity is groups, whose norms have no sign');
    }
    if (criterion === 'magnitude_increase') {
      throw refuse('criterion', 'magnitude_increase ranks single weights, but the granularity is groups');
    }
  }
  if (scope === 'row' && granularity !== 'weight') {
    throw refuse('scope', 'row ranks the single weights of each output, so the granularity should be weight');
  }
  if (scope === 'row' && !isCounting) {
    throw refuse('amount', 'should have sparsity or count, because the scope row takes the same number of every row');
  }
  if (scope === 'erk' && !(amount && 'sparsity' in amount)) {
    throw refuse('amount', 'should have sparsity, because the scope erk shares one out');
  }
  if (scope === 'lamp') {
    if (criterion !== 'magnitude') {
      throw refuse('criterion', `should be magnitude, of which the scope lamp makes its scores, but is "${criterion}"`);
    }
    if (granularity !== 'weight') throw refuse('granularity', 'should be weight, because lamp scores single weights');
    if (!isCounting) throw refuse('amount', 'should have sparsity or count, because the scope lamp shares it out');
  }
}

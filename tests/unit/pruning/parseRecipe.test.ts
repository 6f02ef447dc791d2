import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/lib/errors';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import { type Amount, emptyRecipe, type Recipe } from '../../../src/pruning/recipe';
import { layerKinds } from '../../../src/tensors/tensor';

const head = { format: 'secateur-recipe', version: 1 };
const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } };
const rules = (...changes: object[]) => ({ ...head, rules: changes.map((change) => ({ ...rule, ...change })) });
const without = (field: string) => Object.fromEntries(Object.entries(rule).filter(([name]) => name !== field));

function refusalOf(source: unknown): CheckpointError {
  try {
    parseRecipe(source);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error('The recipe was accepted.');
}

describe('a recipe that is refused', () => {
  it.each([
    ['version', { ...head, version: 2, rules: [] }, 'version should be 1, but is 2.'],
    ['version', { ...head, version: '1', rules: [] }, 'version should be 1, but is "1".'],
    ['version', { format: 'secateur-recipe', rules: [] }, 'version should be 1, but is missing.'],
    ['format', { version: 1, rules: [] }, 'format should be "secateur-recipe", but is missing.'],
    ['format', { format: 'recipe', version: 1 }, 'format should be "secateur-recipe", but is "recipe".'],
    ['rules', head, 'rules should be a list, but is missing.'],
    ['rules', { ...head, rules: {} }, 'rules should be a list, but is an object.'],
    ['rules', { ...head, rules: null }, 'rules should be a list, but is null.'],
    ['steps', { ...head, rules: [], steps: [] }, 'steps and rules are both there'],
    ['steps', { ...head, steps: 2 }, 'steps should be a list, but is 2.'],
    ['steps[1]', { ...head, steps: [[], {}] }, 'steps[1] should be a list, but is an object.'],
    ['steps[0][1].scope', { ...head, steps: [[rule, { ...rule, scope: 'model' }]] }, 'one of global, layer'],
    ['seed', { ...head, rules: [], seed: 1 }, 'seed is not a field of a recipe, which has format, version, rules'],
    ['rules[0]', { ...head, rules: [7] }, 'rules[0] should be an object, but is 7.'],
    ['rules[0]', { ...head, rules: [[]] }, 'rules[0] should be an object, but is a list.'],
    ['rules[1].epochs', rules({}, { epochs: 3 }), 'rules[1].epochs is not a field of a rule, which has tensors'],
    ['rules[0].tensors', rules({ tensors: 'conv*' }), 'rules[0].tensors should be a list, but is "conv*".'],
    ['rules[0].tensors[1]', rules({ tensors: ['a', 1] }), 'rules[0].tensors[1] should be a text, but is 1.'],
    ['rules[0].exclude', rules({ exclude: null }), 'rules[0].exclude should be a list, but is null.'],
    ['rules[0].kinds[0]', rules({ kinds: ['dense'] }), 'rules[0].kinds[0] should be one of conv, linear'],
    ['rules[0].criterion', rules({ criterion: 'random' }), 'should be one of magnitude, signed, but is "random".'],
    ['rules[0].granularity', rules({ granularity: 'channel' }), 'should be "weight", but is "channel".'],
    ['rules[0].criterion', { ...head, rules: [without('criterion')] }, 'but is missing.'],
    ['rules[0].granularity', { ...head, rules: [without('granularity')] }, 'but is missing.'],
    ['rules[0].scope', { ...head, rules: [without('scope')] }, 'but is missing.'],
    ['rules[0].amount', { ...head, rules: [without('amount')] }, 'should be an object, but is missing.'],
    ['rules[0].amount', rules({ amount: 0.5 }), 'rules[0].amount should be an object, but is 0.5.'],
    ['rules[0].amount', rules({ amount: {} }), 'exactly one of threshold, sparsity, count, sigma, but has none.'],
    ['rules[0].amount', rules({ amount: { count: 1, sigma: 1 } }), 'but has count, sigma.'],
    ['rules[0].amount.percent', rules({ amount: { percent: 5 } }), 'is not a field of an amount'],
    ['rules[0].amount.threshold', rules({ amount: { threshold: null } }), 'should be a finite number, but is null.'],
    ['rules[0].amount.threshold', rules({ amount: { threshold: Infinity } }), 'but is Infinity.'],
    ['rules[0].amount.sparsity', rules({ amount: { sparsity: 1.5 } }), 'a fraction from 0 to 1, but is 1.5.'],
    ['rules[0].amount.sparsity', rules({ amount: { sparsity: -0.1 } }), 'but is -0.1.'],
    ['rules[0].amount.sparsity', rules({ amount: { sparsity: '0.5' } }), 'but is "0.5".'],
    ['rules[0].amount.count', rules({ amount: { count: 1.5 } }), 'a whole number of weights, but is 1.5.'],
    ['rules[0].amount.count', rules({ amount: { count: -1 } }), 'but is -1.'],
    ['rules[0].amount.count', rules({ amount: { count: 2 ** 53 } }), 'a whole number of weights'],
    ['rules[0].amount.sigma', rules({ amount: { sigma: true } }), 'should be a finite number, but is true.'],
  ])('names %s', (field, document, message) => {
    const refusal = refusalOf(document);
    expect(refusal.code).toBe('invalid-recipe');
    expect(refusal.context.record).toBe(field);
    expect(refusal.message).toContain(message);
    expect(refusal.message).toMatch(/\.$/);
  });

  it.each([
    ['__proto__', '{"format":"secateur-recipe","version":1,"rules":[],"__proto__":{}}'],
    ['rules[0].__proto__', `{"format":"secateur-recipe","version":1,"rules":[{"__proto__":${JSON.stringify(rule)}}]}`],
    [
      'rules[0].amount.__proto__',
      JSON.stringify(rules({ amount: 0 })).replace('"amount":0', '"amount":{"__proto__":{}}'),
    ],
    ['rules[0].constructor', JSON.stringify(rules({ constructor: 1 }))],
  ])('names %s, which is a field like any other', (field, text) => {
    expect(refusalOf(text).context.record).toBe(field);
  });

  it('does not inherit its fields', () => {
    expect(refusalOf(Object.create({ ...head, rules: [] })).context.record).toBe('format');
  });

  it.each(['', '{', '[1,]', 'not a recipe'])('is not JSON: %j', (text) => {
    expect(refusalOf(text).message).toMatch(/^The recipe is not JSON: /);
  });

  it.each(['null', '[]', '3', '"recipe"'])('is not an object: %s', (text) => {
    expect(refusalOf(text).message).toMatch(/^The recipe should be an object, but is /);
  });

  it('is shown shortly', () => {
    expect(refusalOf({ ...head, format: 'x'.repeat(1000) }).message.length).toBeLessThan(140);
  });
});

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const patterns = fc.array(fc.oneof(fc.string(), fc.constantFrom('__proto__', '*.weight')), { maxLength: 3 });
const amount = fc.oneof<fc.Arbitrary<Amount>[]>(
  number.map((threshold) => ({ threshold })),
  fc.double({ min: 0, max: 1, noNaN: true }).map((sparsity) => ({ sparsity })),
  fc.maxSafeNat().map((count) => ({ count })),
  number.map((sigma) => ({ sigma })),
);
const anyRule = fc.record(
  {
    tensors: patterns,
    exclude: patterns,
    kinds: fc.subarray([...layerKinds]),
    criterion: fc.constantFrom('magnitude' as const, 'signed' as const),
    granularity: fc.constant('weight' as const),
    scope: fc.constantFrom('global' as const, 'layer' as const),
    amount,
  },
  { requiredKeys: ['criterion', 'granularity', 'scope', 'amount'], noNullPrototype: true },
);
const anyRecipe = fc.oneof<fc.Arbitrary<Recipe>[]>(
  fc.array(anyRule, { maxLength: 3 }).map((made) => ({ format: 'secateur-recipe', version: 1, rules: made })),
  fc
    .array(fc.array(anyRule, { maxLength: 2 }), { maxLength: 3 })
    .map((steps) => ({ format: 'secateur-recipe', version: 1, steps })),
);

describe('a recipe that is accepted', () => {
  it('is what it was after writing and reading', () => {
    fc.assert(
      fc.property(anyRecipe, (recipe) => {
        expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe);
        expect(parseRecipe(recipe)).toEqual(recipe);
      }),
    );
  });

  it('is written the same way, whatever the order of its fields', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, reversed(field)]),
      );
    };
    fc.assert(
      fc.property(anyRecipe, (recipe) => {
        expect(formatRecipe(parseRecipe(reversed(recipe)))).toBe(formatRecipe(recipe));
      }),
    );
  });

  it('may do nothing', () => {
    expect(parseRecipe({ ...head, rules: [] })).toEqual(emptyRecipe);
    expect(parseRecipe({ ...head, steps: [] })).toEqual({ ...head, steps: [] });
  });
});

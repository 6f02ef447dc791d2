import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/lib/errors';
import { formatRecipe, parseRecipe, recipeSchema } from '../../../src/pruning/parseRecipe';
import { emptyRecipe, headOf, type Recipe, type Rule } from '../../../src/pruning/recipe';
import { kindsByHand } from '../../../src/pruning/recipeHead';
import { layerKinds } from '../../../src/tensors/tensor';
import { isValid, type Schema } from './jsonSchema';
import { head, plan, refusals, rule, rules } from './refusals';

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
  it.each(refusals)('names %s', (field, document, message) => {
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
const fraction = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const patterns = fc.array(fc.oneof(fc.string(), fc.constantFrom('__proto__', '*.weight')), { maxLength: 3 });
const amount = fc.oneof<fc.Arbitrary<unknown>[]>(
  number.map((threshold) => ({ threshold })),
  fraction.map((sparsity) => ({ sparsity })),
  fc.maxSafeNat().map((count) => ({ count })),
  number.map((sigma) => ({ sigma })),
  fc.constantFrom({ sparsity: 2 }, { count: -1 }, { sparsity: 0.5, count: 1 }, {}, 0.5),
);
const granularity = fc.oneof(
  fc.constantFrom<unknown[]>(
    'weight',
    'weight',
    'weight',
    'kernel',
    'row',
    { block: [2, 4] },
    { block: [2] },
    { n: 2 },
  ),
  fc.record({ dim: fc.integer({ min: -2, max: 3 }), norm: fc.constantFrom(1, 2.5, 0, -1, 'inf', '-inf', 'nuc') }),
  fc.record({ n: fc.integer({ min: 0, max: 3 }), m: fc.constantFrom(1, 4, 1024, 1025) }),
  fc.record({ m: fc.constant(4), n: fc.constant(2) }),
);
/** Rules that are right more often than not. */
const rawRule = fc.record(
  {
    tensors: patterns,
    exclude: patterns,
    kinds: fc.subarray([...layerKinds]),
    criterion: fc.constantFrom('magnitude', 'magnitude', 'signed', 'random', 'magnitude_increase', 'activation', 'l1'),
    granularity,
    scope: fc.constantFrom('global', 'layer', 'global', 'layer', 'row', 'erk', 'lamp', 'model'),
    amount,
    keep: fc.constantFrom(0, 0.05, 1, 1.5),
    seed: fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 0.5),
  },
  { requiredKeys: ['criterion', 'granularity', 'scope'], noNullPrototype: true },
);

function isAccepted(document: unknown): boolean {
  try {
    parseRecipe(document);
    return true;
  } catch {
    return false;
  }
}

const anyRule = rawRule.filter((made) => isAccepted({ ...head, rules: [made] })) as fc.Arbitrary<Rule>;
const axes = fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1, maxLength: 2 });
const anyHead = fc.record(
  {
    layers: fc.array(
      fc
        .record({ kind: fc.constantFrom(...kindsByHand), outputs: axes, inputs: axes }, { requiredKeys: ['kind'] })
        .chain((set) => patterns.map((tensors) => ({ tensors, ...set }))),
      { maxLength: 2 },
    ),
    locked: patterns,
    twins: fc.constantFrom([], [{ of: '', model: 'ema' }], [{ of: 'a', model: 'b' }]),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const anyRecipe = fc.oneof<fc.Arbitrary<Recipe>[]>(
  fc
    .tuple(anyHead, fc.array(anyRule, { maxLength: 3 }))
    .map(([beside, made]) => ({ format: 'secateur-recipe', version: 1, ...beside, rules: made })),
  fc
    .tuple(anyHead, fc.array(fc.array(anyRule, { maxLength: 2 }), { maxLength: 3 }))
    .map(([beside, steps]) => ({ format: 'secateur-recipe', version: 1, ...beside, steps })),
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

  it('may say one dimension without a list', () => {
    const entry = { tensors: ['a'], outputs: 1, inputs: [0, 2] };
    const read = parseRecipe({ ...head, layers: [entry], rules: [] });
    expect(read.layers).toEqual([{ tensors: ['a'], outputs: [1], inputs: [0, 2] }]);
    expect(JSON.parse(formatRecipe(read)).layers).toEqual([entry]);
  });

  it('may hold the plan of a smaller model, on one line', () => {
    // Texts that look like what stands for the plan while the rest is written.
    const locked = ['plan of the smaller model', 'plan of the smaller model.', '$&'];
    const recipe = { ...head, locked, slim: { measure: 'macs', target: 0.5, plan }, rules: [rule] };
    const read = parseRecipe(recipe);
    expect(read.slim).toEqual(recipe.slim);
    const text = formatRecipe(read);
    expect(text.split('\n')).toContain(`    "plan": ${JSON.stringify(plan)}`);
    expect(parseRecipe(text)).toEqual(read);
    expect(headOf(read).slim).toEqual(recipe.slim);
  });

  it('may do nothing', () => {
    expect(parseRecipe({ ...head, rules: [] })).toEqual(emptyRecipe);
    expect(parseRecipe({ ...head, steps: [] })).toEqual({ ...head, steps: [] });
  });

  it('may name its schema for an editor', () => {
    expect(parseRecipe({ ...head, rules: [], $schema: './recipe.schema.json' })).toEqual(emptyRecipe);
  });
});

describe('docs/recipe.schema.json', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../docs/recipe.schema.json', import.meta.url), 'utf8'),
  ) as Schema;
  /** That one number is below another, or what names of models have to say to each other, is more than a schema can say. */
  const isBeyond = (document: unknown) => /"n":4,"m":4|"of":"a","model":"a"|"of":"b"/.test(JSON.stringify(document));

  it.each(refusals)('refuses what the parser refuses: %s', (_, document) => {
    expect(isValid(document, schema)).toBe(isBeyond(document));
  });

  it('agrees with the parser on every rule', () => {
    fc.assert(
      fc.property(rawRule, (made) => {
        const { granularity: pattern } = made as { granularity: { n?: number; m?: number } };
        fc.pre(!(pattern.n !== undefined && pattern.m !== undefined && pattern.n >= pattern.m));
        const document = { ...head, rules: [made] };
        expect(isValid(document, schema)).toBe(isAccepted(document));
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts what docs/recipe.md shows, and so does the parser', () => {
    const text = readFileSync(new URL('../../../docs/recipe.md', import.meta.url), 'utf8');
    const shown = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => {
      // Some are a part: the rules of a recipe, or a rule.
      const part = JSON.parse(json!.startsWith('"') ? `{${json}}` : json!) as object;
      return 'format' in part ? part : 'rules' in part ? { ...head, ...part } : { ...head, rules: [part] };
    });
    expect(shown.length).toBeGreaterThan(3);
    for (const document of shown) {
      expect(isAccepted(document)).toBe(true);
      expect(isValid(document, schema)).toBe(true);
    }
  });

  it('is what the parser reads, as `npm run schema` writes it', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(recipeSchema())));
  });
});

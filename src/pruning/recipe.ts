/**
 * The recipe: a small versioned JSON document, `pruned file = apply(recipe, checkpoint)`. Its fields are said here once:
 * the types, the parser (parseRecipe.ts) and docs/recipe.schema.json follow from them.
 */
import { found } from '../lib/known';
import { layerKinds } from '../tensors/tensor';
import { criteria, criterionOf } from './criteria/criteria';
import {
  described,
  exactlyOne,
  type Field,
  flag,
  invalid,
  list,
  number,
  type ObjectOf,
  object,
  oneOf,
  optional,
  shared,
  text,
  type ValueOf,
  wrong,
} from './fields';
import { granularityField } from './granularities/granularities';
import { globs, headFields, type RecipeHead } from './recipeHead';
import { ruleChecks } from './ruleChecks';
import { scopes } from './scopes/scopes';

const amount = shared(
  'amount',
  described(
    'Exactly one of the four.',
    exactlyOne('an amount', {
      threshold: number('a finite number'),
      sparsity: number('a fraction from 0 to 1', { least: 0, most: 1 }),
      count: number('a whole number of weights', { least: 0, isWhole: true }),
      sigma: number('a finite number'),
    }),
  ),
);

/**
 * Exactly one of the four. `sparsity` is a fraction 0 to 1 and `count` a number of what the granularity counts (weights,
 * channels, kernels, blocks), `sigma` a multiple of torch.std of the scores (of weights by magnitude or sign: of the
 * tensor's weights as it came).
 */
export type Amount = ValueOf<typeof amount>;

/** Those that rules say by their names. */
const plainCriteria = criteria.flatMap(({ name, written }) => (written ? [] : name));

const ruleFields = {
  /** For people: it means nothing. */
  name: optional(described('What a person calls it; it means nothing.', text)),
  /** It decides for nothing, as if it were not there. */
  off: optional(described('Decides for nothing, as if it were not there.', flag)),
  /** Globs on tensor names; absent: every tensor that is prunable by default. */
  tensors: optional(described('Globs on tensor names. Absent: all that are on by default.', globs)),
  exclude: optional(described('Globs on tensor names.', globs)),
  kinds: optional(list(oneOf(layerKinds))),
  criterion: described('What is worth keeping; the lowest scores go first.', oneOf(plainCriteria)),
  /** Of the criterion magnitude. */
  relative: optional(
    described(
      'Of the criterion magnitude: |w| over the root mean square of the weights of its output.',
      oneOf(['output']),
    ),
  ),
  granularity: shared('granularity', granularityField),
  scope: described(
    'What is ranked together, or how one sparsity is shared out.',
    oneOf(scopes.map(({ name }) => name)),
  ),
  /** Absent with an n:m pattern, which says itself how much goes. */
  amount: optional(amount),
  /**
   * Share of each tensor that stays whatever the amount, 0 to 1: `ceil(keep * n)` of what the granularity counts (of a
   * row, in the scope `row`). Amounts over several tensors take what it withholds from those that have room.
   */
  keep: optional(
    described(
      'Share of each tensor that stays whatever the amount.',
      number('a fraction from 0 to 1', { least: 0, most: 1 }),
    ),
  ),
  /** Of a criterion that draws; 0 when absent. */
  seed: optional(
    described(
      'Of the criterion random; 0 when absent.',
      number('a whole number from 0 to 4294967295', { least: 0, most: 2 ** 32 - 1, isWhole: true }),
    ),
  ),
  /** It decides for tensors that the recipe has `locked`, and for no others; absent: for those that are not. */
  locked: optional(described('Decides for locked tensors, and for no others. Absent: for those that are not.', flag)),
} as const;

type WrittenRule = ObjectOf<typeof ruleFields>;

/** What `relative` says is part of the criterion here. */
export type Rule = Omit<WrittenRule, 'relative'>;

const writtenRule = object('a rule', ruleFields, ruleChecks);

const rule: Field<Rule> = {
  ...writtenRule,
  read(path, value) {
    const { relative, ...rest } = writtenRule.read(path, value);
    if (relative === undefined) return rest;
    const variant = criteria.find(
      ({ written }) => written?.criterion === rest.criterion && written.relative === relative,
    );
    return { ...rest, criterion: found(variant, 'a criterion that can be relative').name };
  },
  write: (value) => writtenRule.write({ ...value, ...criterionOf(value.criterion).written } as WrittenRule),
};

const rules = shared(
  'rules',
  described('The last rule that matches a tensor decides for it alone.', list(shared('rule', rule))),
);

const steps = described(
  'Lists of rules applied one after the other; each works on what the one before left.',
  list(rules),
);

const documentFields = {
  ...headFields,
  rules: optional(rules),
  steps: optional(steps),
  $schema: optional(described('For editors; ignored.', text)),
} as const;

/** `rules`: the last rule that matches a tensor decides for it alone. `steps`: lists of rules applied one after the other. */
export type Recipe = RecipeHead &
  ({ readonly rules: readonly Rule[] } | { readonly steps: readonly (readonly Rule[])[] });

/** The whole document, with its schema for editors. Of `rules` and `steps` it has one. */
export const recipeField = object('a recipe', documentFields, [
  {
    refuse(_, { rules: given, steps: inSteps }) {
      if (given !== undefined && inSteps !== undefined) {
        throw invalid('steps', 'steps and rules are both there, but one takes the place of the other.');
      }
      if (given === undefined && inSteps === undefined) throw wrong('rules', 'should be a list', undefined);
    },
    schema: { oneOf: [{ required: ['rules'] }, { required: ['steps'] }] },
  },
]);

export const emptyRecipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [] };

/** Everything of a recipe but its rules. */
export function headOf({ format, version, layers, locked, twins, repair, slim }: Recipe): RecipeHead {
  return {
    format,
    version,
    ...(layers && { layers }),
    ...(locked && { locked }),
    ...(twins && { twins }),
    ...(repair && { repair }),
    ...(slim && { slim }),
  };
}

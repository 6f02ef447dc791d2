/** Recipes as text: read with every field checked, and written the same way every time. */
import { CheckpointError } from '../lib/errors';
import { field, invalid, listAt, objectAt, refuseUnknown, textAt, wrong } from './fields';
import { besideRules, orderedHead } from './parseHead';
import { ruleAt } from './parseRule';
import type { Recipe, Rule } from './recipe';

/** The one version there is. */
const version = 1;
/** `$schema` is for editors, and read by nobody else. */
export const recipeFields = ['format', 'version', 'layers', 'locked', 'twins', 'rules', 'steps', '$schema'] as const;

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
  const [rules, steps, schema] = [field(recipe, 'rules'), field(recipe, 'steps'), field(recipe, '$schema')];
  if (schema !== undefined) textAt('$schema', schema);
  const head = { format: 'secateur-recipe', version, ...besideRules(recipe) } as const;
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
  return `${JSON.stringify({ ...orderedHead(recipe), ...body }, null, 2)}\n`;
}

function orderedRule(rule: Rule): Rule {
  const { tensors, exclude, kinds, criterion, granularity, scope, amount, keep, seed } = rule;
  return {
    ...(tensors && { tensors }),
    ...(exclude && { exclude }),
    ...(kinds && { kinds }),
    criterion,
    granularity: orderedGranularity(granularity),
    scope,
    ...(amount && { amount }),
    ...(keep !== undefined && { keep }),
    ...(seed !== undefined && { seed }),
  };
}

function orderedGranularity(granularity: Rule['granularity']): Rule['granularity'] {
  if (typeof granularity === 'string') return granularity;
  if ('dim' in granularity) return { dim: granularity.dim, norm: granularity.norm };
  if ('block' in granularity) return { block: granularity.block };
  return { n: granularity.n, m: granularity.m };
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
